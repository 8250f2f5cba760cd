"""Keeps the last visitor's environ, and writes into it when the next one comes."""

from __future__ import annotations

from typing import Any

last: dict[str, Any] = {}


def application(environ: dict[str, Any], start_response: Any) -> Any:
    global last
    last["site.seen"] = True
    last = environ
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"Hello"]
