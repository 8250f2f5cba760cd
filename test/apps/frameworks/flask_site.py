"""A Flask site with a blueprint, sessions, flash messages, uploads, streams and downloads."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Callable

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    get_flashed_messages,
    jsonify,
    make_response,
    redirect,
    render_template_string,
    request,
    send_file,
    session,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

FILES = Path(os.environ["SITE_FILES"])

PAGE = """\
<!doctype html>
<title>{{ title }}</title>
{% for category, message in get_flashed_messages(with_categories=true) %}
<p class="{{ category }}">{{ message }}</p>
{% endfor %}
<ul>
{% for note in notes %}<li>{{ note }}</li>
{% endfor %}
</ul>
"""

everyday = Blueprint("everyday", __name__)
notes = Blueprint("notes", __name__, url_prefix="/notes")


class Site(Flask):
    def async_to_sync(self, func: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        """Flask's own takes asgiref, and that a thread."""
        return lambda *args, **kwargs: asyncio.run(func(*args, **kwargs))


def create_app(title: str = "Flask") -> Flask:
    app = Site(__name__)
    app.config.update(SECRET_KEY="a fixed key for tests", SITE_TITLE=title)
    app.register_blueprint(everyday)
    app.register_blueprint(notes)
    app.register_error_handler(404, page_not_found)
    app.register_error_handler(500, page_failed)
    return app


def page_not_found(error: Exception) -> ResponseReturnValue:
    return f"<h1>Nothing at {request.path}</h1>", 404


def page_failed(error: Exception) -> ResponseReturnValue:
    return "<h1>Something broke</h1>", 500


@everyday.get("/")
def home() -> str:
    return "<h1>Welcome</h1>"


@everyday.post("/form")
def form() -> ResponseReturnValue:
    return {
        "name": request.form["name"],
        "colours": request.form.getlist("colour"),
        "empty": request.form["empty"],
    }


@everyday.post("/upload")
def upload() -> ResponseReturnValue:
    document = request.files["document"]
    content = document.read()
    return jsonify(
        title=request.form["title"],
        note=request.form["note"],
        filename=document.filename,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


@everyday.post("/sum")
def add_up() -> ResponseReturnValue:
    order = request.get_json()
    return {"label": order["label"], "sum": sum(order["numbers"])}


@everyday.post("/digest")
def digest() -> ResponseReturnValue:
    body = request.get_data()
    return {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}


@everyday.delete("/item")
def delete_item() -> ResponseReturnValue:
    return "", 204


@everyday.get("/old")
def old() -> ResponseReturnValue:
    return redirect(url_for("everyday.home"))


@everyday.get("/crash")
def crash() -> ResponseReturnValue:
    raise RuntimeError("this page always fails")


@everyday.get("/preferences")
def preferences() -> ResponseReturnValue:
    return dict(request.cookies)


@everyday.get("/preferences/set")
def set_preferences() -> ResponseReturnValue:
    response = make_response("Set")
    response.set_cookie("theme", "dark")
    response.set_cookie("font", "serif", httponly=True, samesite="Lax")
    response.set_cookie("size", "12", path="/")
    return response


@everyday.get("/preferences/forget")
def forget_preferences() -> ResponseReturnValue:
    response = make_response("Forgotten")
    response.delete_cookie("theme")
    return response


@everyday.get("/visits")
def visits() -> str:
    session["visits"] = session.get("visits", 0) + 1
    return f"Visit {session['visits']}"


@everyday.get("/echo/<path:path>")
def echo(path: str) -> ResponseReturnValue:
    return jsonify(path=path, query=list(request.args.items(multi=True)))


@everyday.get("/stream")
def stream() -> ResponseReturnValue:
    @stream_with_context
    def lines():
        for number in range(200):
            yield f"line {number} of {request.args.get('word', 'été')}\n"

    return Response(lines(), mimetype="text/plain")


@everyday.post("/password")
def keep_password() -> ResponseReturnValue:
    """Kept as Werkzeug keeps it if it is told no method, or as told."""
    form = request.form.to_dict()
    password = form.pop("password")
    kept = generate_password_hash(password, **form)
    right, wrong = check_password_hash(kept, password), check_password_hash(kept, password + "?")
    return jsonify(method=kept.partition("$")[0], right=right, wrong=wrong)


@everyday.get("/later")
async def later() -> ResponseReturnValue:
    words = await asyncio.gather(*(_say(word) for word in request.args.getlist("word")))
    return jsonify(words)


async def _say(word: str) -> str:
    await asyncio.sleep(0.01)
    return f"{word} of {request.path}"


@everyday.get("/report")
def report() -> ResponseReturnValue:
    response = make_response("<h1>A report that rarely changes</h1>")
    response.add_etag()
    return response.make_conditional(request)


@everyday.get("/large")
def large() -> ResponseReturnValue:
    return send_file(FILES / "large.bin", as_attachment=True, download_name="großes Paket.bin")


@notes.get("/")
def list_notes() -> str:
    return render_template_string(PAGE, title="Notes", notes=session.get("notes", []))


@notes.post("/")
def add_note() -> ResponseReturnValue:
    text = request.form.get("text", "")
    if not text:
        abort(400, "A note needs a text.")
    session["notes"] = [*session.get("notes", []), text]
    flash(f"Added “{text}”", "success")
    flash("Notes live in your cookie", "hint")
    return redirect(url_for(".list_notes"))


@notes.get("/messages")
def messages() -> ResponseReturnValue:
    return jsonify(get_flashed_messages())
