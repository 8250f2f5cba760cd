"""Two CherryPy applications on one tree, served as a WSGI application."""

from __future__ import annotations

import hashlib
import html
import os
from urllib.parse import parse_qsl

import cherrypy
from cherrypy.lib import sessions, static

FILES = os.environ["SITE_FILES"]
SESSIONS = os.path.join(os.environ["SITE_STATE"], "sessions")
os.makedirs(SESSIONS, exist_ok=True)


def page_not_found(status, message, traceback, version):
    return f"<h1>Nothing at {html.escape(cherrypy.request.path_info)}</h1>"


def page_failed(status, message, traceback, version):
    return "<h1>Something broke</h1>"


class Preferences:
    _cp_config = {"tools.trailing_slash.on": False}

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def index(self):
        return {name: morsel.value for name, morsel in cherrypy.request.cookie.items()}

    @cherrypy.expose
    def set(self):
        cookie = cherrypy.response.cookie
        cookie["theme"] = "dark"
        cookie["font"] = "serif"
        cookie["font"]["httponly"] = True
        cookie["size"] = "12"
        cookie["size"]["path"] = "/"
        return "Set"

    @cherrypy.expose
    def forget(self):
        cherrypy.response.cookie["theme"] = ""
        cherrypy.response.cookie["theme"]["expires"] = 0
        return "Forgotten"


class Site:
    preferences = Preferences()

    @cherrypy.expose
    @cherrypy.tools.allow(methods=["GET", "HEAD"])
    def index(self):
        return "<h1>Welcome</h1>"

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def form(self, name, colour, empty):
        return {"name": name, "colours": colour, "empty": empty}

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def upload(self, title, note, document):
        content = document.file.read()
        return {
            "title": title,
            "note": note,
            "filename": document.filename,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    @cherrypy.expose
    @cherrypy.tools.json_in()
    @cherrypy.tools.json_out()
    def sum(self):
        order = cherrypy.request.json
        return {"label": order["label"], "sum": sum(order["numbers"])}

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def digest(self):
        body = cherrypy.request.body.read()
        return {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}

    @cherrypy.expose
    @cherrypy.tools.allow(methods=["DELETE"])
    def item(self):
        cherrypy.response.status = 204

    @cherrypy.expose
    def old(self):
        raise cherrypy.HTTPRedirect("/")

    @cherrypy.expose
    def crash(self):
        raise RuntimeError("this page always fails")

    @cherrypy.expose
    @cherrypy.config(**{"tools.sessions.on": True})
    def visits(self):
        cherrypy.session["visits"] = cherrypy.session.get("visits", 0) + 1
        return f"Visit {cherrypy.session['visits']}"

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def echo(self, *path, **query):
        pairs = parse_qsl(cherrypy.request.query_string, keep_blank_values=True)
        return {"path": "/".join(path), "query": pairs}

    @cherrypy.expose
    @cherrypy.config(**{"response.stream": True})
    def stream(self):
        cherrypy.response.headers["Content-Type"] = "text/plain"
        return (f"line {number} of été\n" for number in range(200))

    @cherrypy.expose
    @cherrypy.tools.etags(autotags=True)
    def report(self):
        return "<h1>A report that rarely changes</h1>"

    @cherrypy.expose
    def large(self):
        return static.serve_file(os.path.join(FILES, "large.bin"), disposition="attachment")


class Shop:
    """Another application, with its own mount point and its own session."""

    @cherrypy.expose
    def index(self):
        baskets = cherrypy.session.get("basket", [])
        return f"{cherrypy.url('/')}: {', '.join(baskets) or 'an empty basket'}"

    @cherrypy.expose
    def buy(self, fruit):
        cherrypy.session["basket"] = [*cherrypy.session.get("basket", []), fruit]
        raise cherrypy.HTTPRedirect(cherrypy.url("/"))


CONFIG = {
    "/": {
        "tools.encode.on": True,
        "tools.encode.encoding": "utf-8",
        "tools.sessions.storage_class": sessions.FileSession,
        "tools.sessions.storage_path": SESSIONS,
        "error_page.404": page_not_found,
        "error_page.500": page_failed,
    },
    "/files": {"tools.staticdir.on": True, "tools.staticdir.dir": FILES},
}
SHOP_CONFIG = {"/": {**CONFIG["/"], "tools.sessions.on": True}}

cherrypy.config.update({"environment": "embedded"})
cherrypy.tree.mount(Site(), "/", CONFIG)
cherrypy.tree.mount(Shop(), "/shop", SHOP_CONFIG)

application = cherrypy.tree
