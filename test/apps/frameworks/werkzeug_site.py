"""A site on Werkzeug alone: Request, Response, Map, Rule, and nothing above them."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import wrap_file

FILES = Path(os.environ["SITE_FILES"])
SIGNER = URLSafeSerializer("a fixed key for tests")


def json_response(value: object) -> Response:
    return Response(json.dumps(value), mimetype="application/json")


class Site:
    url_map = Map(
        [
            Rule("/", endpoint="home", methods=["GET"]),
            Rule("/form", endpoint="form", methods=["POST"]),
            Rule("/upload", endpoint="upload", methods=["POST"]),
            Rule("/sum", endpoint="sum", methods=["POST"]),
            Rule("/digest", endpoint="digest", methods=["POST"]),
            Rule("/item", endpoint="delete_item", methods=["DELETE"]),
            Rule("/old", endpoint="old"),
            Rule("/crash", endpoint="crash"),
            Rule("/preferences", endpoint="preferences"),
            Rule("/preferences/set", endpoint="set_preferences"),
            Rule("/preferences/forget", endpoint="forget_preferences"),
            Rule("/visits", endpoint="visits"),
            Rule("/echo/<path:path>", endpoint="echo"),
            Rule("/stream", endpoint="stream"),
            Rule("/report", endpoint="report"),
            Rule("/large", endpoint="large"),
            Rule("/years/<int(min=1900):year>/", endpoint="year"),
        ]
    )

    def __call__(self, environ, start_response):
        request = Request(environ)
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        adapter = self.url_map.bind_to_environ(request.environ)
        try:
            endpoint, values = adapter.match()
            return getattr(self, f"on_{endpoint}")(request, **values)
        except NotFound:
            return Response(f"<h1>Nothing at {request.path}</h1>", 404, mimetype="text/html")
        except HTTPException as error:
            return error.get_response(request.environ)
        except RuntimeError:
            return Response("<h1>Something broke</h1>", 500, mimetype="text/html")

    def on_home(self, request: Request) -> Response:
        return Response("<h1>Welcome</h1>", mimetype="text/html")

    def on_form(self, request: Request) -> Response:
        return json_response(
            {
                "name": request.form["name"],
                "colours": request.form.getlist("colour"),
                "empty": request.form["empty"],
            }
        )

    def on_upload(self, request: Request) -> Response:
        document = request.files["document"]
        digest = hashlib.sha256()
        while block := document.stream.read(65_536):
            digest.update(block)
        return json_response(
            {
                "title": request.form["title"],
                "note": request.form["note"],
                "filename": document.filename,
                "size": document.stream.tell(),
                "sha256": digest.hexdigest(),
            }
        )

    def on_sum(self, request: Request) -> Response:
        order = request.get_json()
        return json_response({"label": order["label"], "sum": sum(order["numbers"])})

    def on_digest(self, request: Request) -> Response:
        body = request.stream.read()
        return json_response({"size": len(body), "sha256": hashlib.sha256(body).hexdigest()})

    def on_delete_item(self, request: Request) -> Response:
        return Response(status=204)

    def on_old(self, request: Request) -> Response:
        return redirect("/", 307)

    def on_crash(self, request: Request) -> Response:
        raise RuntimeError("this page always fails")

    def on_preferences(self, request: Request) -> Response:
        return json_response(dict(request.cookies))

    def on_set_preferences(self, request: Request) -> Response:
        response = Response("Set")
        response.set_cookie("theme", "dark")
        response.set_cookie("font", "serif", httponly=True, samesite="Strict")
        response.set_cookie("size", "12", path="/")
        return response

    def on_forget_preferences(self, request: Request) -> Response:
        response = Response("Forgotten")
        response.delete_cookie("theme")
        return response

    def on_visits(self, request: Request) -> Response:
        try:
            visits = SIGNER.loads(request.cookies.get("visits", "")) + 1
        except BadSignature:
            visits = 1
        response = Response(f"Visit {visits}")
        response.set_cookie("visits", SIGNER.dumps(visits))
        return response

    def on_echo(self, request: Request, path: str) -> Response:
        return json_response({"path": path, "query": list(request.args.items(multi=True))})

    def on_stream(self, request: Request) -> Response:
        return Response(f"line {number} of été\n" for number in range(200))

    def on_report(self, request: Request) -> Response:
        response = Response("<h1>A report that rarely changes</h1>", mimetype="text/html")
        response.add_etag()
        return response.make_conditional(request)

    def on_large(self, request: Request) -> Response:
        path = FILES / "large.bin"
        response = Response(
            wrap_file(request.environ, path.open("rb")),
            mimetype=mimetypes.guess_type(path)[0],
            direct_passthrough=True,
        )
        response.content_length = path.stat().st_size
        response.last_modified = path.stat().st_mtime
        return response.make_conditional(
            request, accept_ranges=True, complete_length=response.content_length
        )

    def on_year(self, request: Request, year: int) -> Response:
        return Response(f"{request.script_root}: the year {year}")


application = SharedDataMiddleware(
    DispatcherMiddleware(Site(), {"/archive": Site()}),
    {"/shared": str(FILES)},
)
