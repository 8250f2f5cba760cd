"""A Falcon API: resources, media, hooks, cookies and a static route."""

from __future__ import annotations

import hashlib
import os

import falcon

FILES = os.environ["SITE_FILES"]
REPORT = "A report that rarely changes\n"
REPORT_ETAG = hashlib.md5(REPORT.encode()).hexdigest()


class Home:
    def on_get(self, req, resp):
        resp.content_type = falcon.MEDIA_HTML
        resp.text = "<h1>Welcome</h1>"

    on_head = on_get


class Form:
    def on_post(self, req, resp):
        fields = req.get_media()
        resp.media = {
            "name": fields["name"],
            "colours": fields["colour"],
            "empty": fields["empty"],
        }


class Upload:
    def on_post(self, req, resp):
        answer = {}
        for part in req.get_media():
            if part.filename is None:
                answer[part.name] = part.text
                continue
            digest, size = hashlib.sha256(), 0
            while block := part.stream.read(65_536):
                digest.update(block)
                size += len(block)
            answer |= {"filename": part.filename, "size": size, "sha256": digest.hexdigest()}
        resp.media = answer


class Sum:
    def on_post(self, req, resp):
        order = req.media
        resp.media = {"label": order["label"], "sum": sum(order["numbers"])}


class Digest:
    def on_post(self, req, resp):
        body = req.bounded_stream.read()
        resp.media = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}


class Item:
    def on_delete(self, req, resp):
        resp.status = falcon.HTTP_204


class Old:
    def on_get(self, req, resp):
        raise falcon.HTTPFound("/")


class Crash:
    def on_get(self, req, resp):
        raise RuntimeError("this page always fails")


class Preferences:
    def on_get(self, req, resp):
        resp.media = req.cookies

    def on_get_set(self, req, resp):
        resp.set_cookie("theme", "dark", path="/", secure=False)
        resp.set_cookie("font", "serif", path="/", secure=False, same_site="Lax")
        resp.set_cookie("size", "12", path="/", secure=False, http_only=False)

    def on_get_forget(self, req, resp):
        resp.unset_cookie("theme", path="/")


class Visits:
    def on_get(self, req, resp):
        count = int(req.cookies.get("visits", "0")) + 1
        resp.set_cookie("visits", str(count), path="/", secure=False)
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = f"Visit {count}"


class Echo:
    def on_get(self, req, resp, path):
        pairs = [
            (name, value)
            for name, values in req.params.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        resp.media = {"path": path, "query": pairs}


class Stream:
    def on_get(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.stream = (f"line {number} of été\n".encode() for number in range(200))

    on_head = on_get


class Report:
    def on_get(self, req, resp):
        resp.etag = REPORT_ETAG
        resp.content_type = falcon.MEDIA_TEXT
        if req.if_none_match and REPORT_ETAG in req.if_none_match:
            resp.status = falcon.HTTP_304
        else:
            resp.text = REPORT

    on_head = on_get


class Large:
    """A file handed to the server as an open file, which uses wsgi.file_wrapper."""

    def on_get(self, req, resp):
        path = os.path.join(FILES, "large.bin")
        resp.content_type = "application/octet-stream"
        resp.set_stream(open(path, "rb"), os.path.getsize(path))

    on_head = on_get


def authenticate(req, resp, resource, params):
    if req.auth != "Bearer falcon":
        raise falcon.HTTPUnauthorized(title="Who are you?", challenges=["Bearer"])


class Quotes:
    @falcon.before(authenticate)
    def on_put(self, req, resp, number: int):
        resp.status = falcon.HTTP_CREATED
        resp.location = f"/quotes/{number}"
        resp.append_link(f"/quotes/{number + 1}", "next")
        resp.media = {"number": number, "quote": req.media}


def page_not_found(req, resp, error, params):
    resp.status = falcon.HTTP_404
    resp.content_type = falcon.MEDIA_HTML
    resp.text = f"<h1>Nothing at {req.path}</h1>"


def page_failed(req, resp, error, params):
    resp.status = falcon.HTTP_500
    resp.content_type = falcon.MEDIA_HTML
    resp.text = "<h1>Something broke</h1>"


def create_app() -> falcon.App:
    app = falcon.App(cors_enable=True)
    app.add_error_handler(falcon.HTTPNotFound, page_not_found)
    app.add_error_handler(RuntimeError, page_failed)
    app.add_route("/", Home())
    app.add_route("/form", Form())
    app.add_route("/upload", Upload())
    app.add_route("/sum", Sum())
    app.add_route("/digest", Digest())
    app.add_route("/item", Item())
    app.add_route("/old", Old())
    app.add_route("/crash", Crash())
    app.add_route("/preferences", Preferences())
    app.add_route("/preferences/set", Preferences(), suffix="set")
    app.add_route("/preferences/forget", Preferences(), suffix="forget")
    app.add_route("/visits", Visits())
    app.add_route("/echo/{path:path}", Echo())
    app.add_route("/stream", Stream())
    app.add_route("/report", Report())
    app.add_route("/open-file", Large())
    app.add_route("/quotes/{number:int}", Quotes())
    app.add_static_route("/files", FILES, downloadable=True)
    return app


application = create_app()
