"""A Bottle site in one file, as Bottle's users write them."""

from __future__ import annotations

import hashlib
import os

from bottle import (
    Bottle,
    HTTPResponse,
    abort,
    redirect,
    request,
    response,
    static_file,
    template,
)

FILES = os.environ["SITE_FILES"]
SECRET = "a fixed key for tests"

REPORT = "<h1>A report that rarely changes</h1>"
TODO = """\
<ul>
% for number, task in enumerate(tasks, 1):
  <li class="{{'odd' if number % 2 else 'even'}}">{{task}}</li>
% end
</ul>
"""

app = Bottle()
archive = Bottle()


@app.error(404)
def page_not_found(error):
    return f"<h1>Nothing at {request.path}</h1>"


@app.error(500)
def page_failed(error):
    return "<h1>Something broke</h1>"


@app.hook("after_request")
def name_the_framework():
    response.set_header("X-Made-With", "Bottle")


@app.get("/")
def home():
    return "<h1>Welcome</h1>"


@app.post("/form")
def form():
    fields = request.forms.decode()
    return {"name": fields["name"], "colours": fields.getall("colour"), "empty": fields["empty"]}


@app.post("/upload")
def upload():
    document = request.files["document"]
    content = document.file.read()
    return {
        "title": request.forms.title,
        "note": request.forms.note,
        "filename": document.raw_filename,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


@app.post("/sum")
def add_up():
    return {"label": request.json["label"], "sum": sum(request.json["numbers"])}


@app.post("/digest")
def digest():
    body = request.body.read()
    return {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}


@app.delete("/item")
def delete_item():
    return HTTPResponse(status=204)


@app.get("/old")
def old():
    redirect("/")


@app.get("/crash")
def crash():
    raise RuntimeError("this page always fails")


@app.get("/teapot")
def teapot():
    abort(418, "Short and stout: ☕")


@app.get("/preferences")
def preferences():
    return dict(request.cookies)


@app.get("/preferences/set")
def set_preferences():
    response.set_cookie("theme", "dark", path="/")
    response.set_cookie("font", "serif", path="/", httponly=True)
    response.set_cookie("size", "12", path="/")
    return "Set"


@app.get("/preferences/forget")
def forget_preferences():
    response.delete_cookie("theme", path="/")
    return "Forgotten"


@app.get("/visits")
def visits():
    count = request.get_cookie("visits", default=0, secret=SECRET) + 1
    response.set_cookie("visits", count, secret=SECRET)
    return f"Visit {count}"


@app.get("/echo/<path:path>")
def echo(path):
    return {"path": path, "query": list(request.query.decode().allitems())}


@app.get("/stream")
def stream():
    response.content_type = "text/plain; charset=utf-8"
    for number in range(200):
        yield f"line {number} of été\n"


@app.get("/report")
def report():
    etag = f'"{hashlib.md5(REPORT.encode()).hexdigest()}"'
    if request.get_header("If-None-Match") == etag:
        return HTTPResponse(status=304, ETag=etag)
    response.set_header("ETag", etag)
    return REPORT


@app.get("/large")
def large():
    return static_file("large.bin", root=FILES, download="large package.bin")


@app.route("/todo", method=["GET", "POST"])
def todo():
    if request.method == "POST":
        return template(TODO, tasks=request.forms.decode().getall("task"))
    return template(TODO, tasks=["wash <up>", "café"])


@archive.get("/<year:int>")
def year(year):
    return {"year": year, "script": request.script_name, "url": request.url}


app.mount("/archive", archive)
