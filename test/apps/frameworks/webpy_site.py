"""A web.py site: urls, classes, web.input, a session on disk, a template in a string."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timezone
from urllib.parse import parse_qsl

import web

web.config.debug = False

FILES = os.environ["SITE_FILES"]
SESSIONS = os.path.join(os.environ["SITE_STATE"], "sessions")
# DiskStore would make it too, but two processes that start together then race for it.
os.makedirs(SESSIONS, exist_ok=True)
REPORT = "<h1>A report that rarely changes</h1>"

urls = (
    "/", "Home",
    "/form", "Form",
    "/upload", "Upload",
    "/sum", "Sum",
    "/digest", "Digest",
    "/item", "Item",
    "/old", "Old",
    "/crash", "Crash",
    "/preferences", "Preferences",
    "/preferences/set", "SetPreferences",
    "/preferences/forget", "ForgetPreferences",
    "/visits", "Visits",
    "/echo/(.*)", "Echo",
    "/stream", "Stream",
    "/report", "Report",
    "/large", "Large",
    "/todo", "Todo",
)  # fmt: skip

app = web.application(urls, globals())
session = web.session.Session(app, web.session.DiskStore(SESSIONS), {"visits": 0})

render_todo = web.template.Template("""\
$def with (tasks)
<ul>
$for task in tasks:
    <li class="$loop.parity">$task</li>
</ul>
""", filter=web.websafe)  # fmt: skip


def page_not_found():
    return web.notfound(f"<h1>Nothing at {web.ctx.path}</h1>")


def page_failed():
    return web.internalerror("<h1>Something broke</h1>")


app.notfound = page_not_found
app.internalerror = page_failed


def send_json(value):
    web.header("Content-Type", "application/json")
    return json.dumps(value)


class Home:
    def GET(self):
        web.header("Content-Type", "text/html; charset=utf-8")
        return "<h1>Welcome</h1>"


class Form:
    def POST(self):
        form = web.input("name", "empty", colour=[])
        return send_json({"name": form.name, "colours": form.colour, "empty": form.empty})


class Upload:
    def POST(self):
        form = web.input(document={})
        content = form.document.file.read()
        return send_json(
            {
                "title": form.title,
                "note": form.note,
                "filename": form.document.filename,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )


class Sum:
    def POST(self):
        order = json.loads(web.data())
        return send_json({"label": order["label"], "sum": sum(order["numbers"])})


class Digest:
    def POST(self):
        body = web.data()
        return send_json({"size": len(body), "sha256": hashlib.sha256(body).hexdigest()})


class Item:
    def DELETE(self):
        raise web.nocontent()


class Old:
    def GET(self):
        raise web.seeother("/")


class Crash:
    def GET(self):
        raise RuntimeError("this page always fails")


class Preferences:
    def GET(self):
        cookies = web.cookies()
        return send_json(
            {name: cookies[name] for name in ("theme", "font", "size") if name in cookies}
        )


class SetPreferences:
    def GET(self):
        session.send_cookie = False
        web.setcookie("theme", "dark")
        web.setcookie("font", "serif", httponly=True, samesite="Lax")
        web.setcookie("size", "12", path="/")
        return "Set"


class ForgetPreferences:
    def GET(self):
        web.setcookie("theme", "", expires=-1)
        return "Forgotten"


class Visits:
    def GET(self):
        session.visits += 1
        return f"Visit {session.visits}"


class Echo:
    def GET(self, path):
        query = parse_qsl(web.ctx.query.removeprefix("?"), keep_blank_values=True)
        return send_json({"path": path, "query": query})


class Stream:
    def GET(self):
        web.header("Content-Type", "text/plain; charset=utf-8")
        for number in range(200):
            yield f"line {number} of été\n"


class Report:
    def GET(self):
        web.header("Content-Type", "text/html; charset=utf-8")
        web.modified(etag=hashlib.md5(REPORT.encode()).hexdigest())
        return REPORT


class Large:
    def GET(self):
        path = os.path.join(FILES, "large.bin")
        modified = datetime.fromtimestamp(os.path.getmtime(path), timezone.utc)
        web.modified(date=modified.replace(tzinfo=None))
        web.header("Content-Type", "application/octet-stream")
        web.header("Content-Length", str(os.path.getsize(path)))
        with open(path, "rb") as large:
            while block := large.read(65_536):
                yield block


class Todo:
    def GET(self):
        web.header("Content-Type", "text/html; charset=utf-8")
        return render_todo(web.input(task=["wash <up>", "café"]).task)


application = app.wsgifunc()
