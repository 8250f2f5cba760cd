"""A Pyramid site: routes, traversal, renderers, signed sessions, CSRF, a static view."""

from __future__ import annotations

import hashlib
import html
import os

from pyramid.config import Configurator
from pyramid.csrf import new_csrf_token
from pyramid.httpexceptions import HTTPBadRequest, HTTPFound, HTTPNoContent
from pyramid.response import FileResponse, Response
from pyramid.session import SignedCookieSessionFactory
from pyramid.view import (
    exception_view_config,
    forbidden_view_config,
    notfound_view_config,
    view_config,
)

FILES = os.environ["SITE_FILES"]


class Folder(dict):
    """A place in the tree that traversal walks."""

    __name__ = ""
    __parent__ = None

    def __init__(self, title: str, **children: Folder) -> None:
        super().__init__(children)
        self.title = title
        for name, child in children.items():
            child.__name__ = name
            child.__parent__ = self


ROOT = Folder("root", library=Folder("The library", poems=Folder("Poèmes")))


@view_config(route_name="home", request_method="GET")
def home(request):
    return Response("<h1>Welcome</h1>")


@view_config(route_name="form", request_method="POST", renderer="json")
def form(request):
    return {
        "name": request.POST["name"],
        "colours": request.POST.getall("colour"),
        "empty": request.POST["empty"],
    }


@view_config(route_name="upload", request_method="POST", renderer="json")
def upload(request):
    document = request.POST["document"]
    content = document.file.read()
    return {
        "title": request.POST["title"],
        "note": request.POST["note"],
        "filename": document.filename,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


@view_config(route_name="sum", request_method="POST", renderer="json")
def add_up(request):
    order = request.json_body
    return {"label": order["label"], "sum": sum(order["numbers"])}


@view_config(route_name="digest", request_method="POST", renderer="json")
def digest(request):
    body = request.body
    return {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}


@view_config(route_name="item", request_method="DELETE")
def delete_item(request):
    return HTTPNoContent()


@view_config(route_name="old")
def old(request):
    raise HTTPFound(request.route_url("home"))


@view_config(route_name="crash")
def crash(request):
    raise RuntimeError("this page always fails")


@view_config(route_name="preferences", renderer="json")
def preferences(request):
    return dict(request.cookies)


@view_config(route_name="set_preferences", renderer="string")
def set_preferences(request):
    request.response.set_cookie("theme", "dark")
    request.response.set_cookie("font", "serif", httponly=True, samesite="Lax")
    request.response.set_cookie("size", "12", path="/")
    return "Set"


@view_config(route_name="forget_preferences", renderer="string")
def forget_preferences(request):
    request.response.delete_cookie("theme")
    return "Forgotten"


@view_config(route_name="visits", renderer="string")
def visits(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return f"Visit {request.session['visits']}"


@view_config(route_name="echo", renderer="json")
def echo(request):
    return {"path": request.matchdict["path"], "query": list(request.GET.items())}


@view_config(route_name="stream")
def stream(request):
    lines = (f"line {number} of été\n".encode() for number in range(200))
    return Response(app_iter=lines, content_type="text/plain", charset="utf-8")


@view_config(route_name="report")
def report(request):
    response = Response("<h1>A report that rarely changes</h1>", conditional_response=True)
    response.md5_etag()
    return response


@view_config(route_name="large")
def large(request):
    response = FileResponse(os.path.join(FILES, "large.bin"), request=request)
    response.conditional_response = True
    return response


@view_config(route_name="guestbook", request_method="GET")
def guestbook(request):
    messages = "".join(f"<p>{html.escape(text)}</p>" for text in request.session.pop_flash())
    token = new_csrf_token(request)
    return Response(f'{messages}<input type="hidden" name="csrf_token" value="{token}">')


@view_config(route_name="guestbook", request_method="POST", require_csrf=True)
def sign_guestbook(request):
    request.session.flash(f"{request.POST['name']} was here")
    return HTTPFound(request.route_path("guestbook", _query={"signed": "ja, größer"}))


@view_config(context=Folder, renderer="json")
def show_folder(context, request):
    return {
        "title": context.title,
        "children": sorted(context),
        "url": request.resource_url(context),
    }


@notfound_view_config()
def page_not_found(request):
    return Response(f"<h1>Nothing at {html.escape(request.path)}</h1>", status=404)


@forbidden_view_config(renderer="string")
def page_forbidden(request):
    request.response.status = 403
    return "Not for you"


@exception_view_config(UnicodeDecodeError)
def page_undecodable(error, request):
    return HTTPBadRequest("That address is not UTF-8")


@exception_view_config(RuntimeError)
def page_failed(error, request):
    return Response("<h1>Something broke</h1>", status=500)


def main(global_config, **settings):
    config = Configurator(settings=settings, root_factory=lambda request: ROOT)
    config.set_session_factory(SignedCookieSessionFactory("a fixed key for tests"))
    config.add_route("home", "/")
    for name in ("form", "upload", "sum", "digest", "item", "old", "crash", "visits"):
        config.add_route(name, f"/{name}")
    for name in ("stream", "report", "large", "guestbook"):
        config.add_route(name, f"/{name}")
    config.add_route("preferences", "/preferences")
    config.add_route("set_preferences", "/preferences/set")
    config.add_route("forget_preferences", "/preferences/forget")
    config.add_route("echo", "/echo/{path:.*}")
    config.add_static_view("files", FILES)
    config.scan()
    return config.make_wsgi_app()


app = main({})
