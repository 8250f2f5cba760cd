"""Applications that name files, or send them, in the words of Flask and of Django."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path as route
from flask import Flask, send_file
from flask.typing import ResponseReturnValue

FILES = Path(os.environ["NAMED_FILES"])

flask_app = Flask(__name__)


@flask_app.get("/named/<name>")
def named(name: str) -> ResponseReturnValue:
    flask_app.config["USE_X_SENDFILE"] = True
    return send_file(FILES / name, as_attachment=True)


@flask_app.get("/sent/<name>")
def sent(name: str) -> ResponseReturnValue:
    flask_app.config["USE_X_SENDFILE"] = False
    return send_file(FILES / name)


@flask_app.get("/quick")
def quick() -> ResponseReturnValue:
    return "quick"


def accelerated(request: HttpRequest, name: str) -> HttpResponse:
    """As django-sendfile2's nginx backend answers."""
    response = HttpResponse(content_type="text/plain")
    response["X-Accel-Redirect"] = f"/protected/{name}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def wrapped(request: HttpRequest, name: str) -> FileResponse:
    return FileResponse((FILES / name).open("rb"))


urlpatterns = [
    route("accelerated/<str:name>", accelerated),
    route("wrapped/<str:name>", wrapped),
]

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="a fixed key for tests")
django.setup()
django_app = get_wsgi_application()


def streaming_app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    """Names a file, and goes on to make a body without an end."""
    start_response("200 OK", [("X-Sendfile", str(FILES / "a.txt"))])
    while True:
        yield bytes(65_536)
