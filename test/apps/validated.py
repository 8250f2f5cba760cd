"""The echo application inside the standard library's validator."""

from __future__ import annotations

from typing import Any
from wsgiref.validate import validator


def echo(environ: dict[str, Any], start_response: Any) -> Any:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    if environ["PATH_INFO"] == "/empty":
        start_response("204 No Content", [])
        return []
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body[:1], b"", body[1:]]


application = validator(echo)
