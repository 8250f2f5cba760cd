"""Asks wsgi.input for more than CONTENT_LENGTH says that there is."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    body = environ["wsgi.input"].read(65_536)
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"%d bytes\n" % len(body)]
