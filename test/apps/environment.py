"""Answers with its environ, and with what is wrong about it."""

from __future__ import annotations

import json
import re
from typing import Any


def application(environ: dict[str, Any], start_response: Any, *more: Any, **named: Any) -> Any:
    strings = {name: value for name, value in environ.items() if isinstance(value, str)}
    flags = {name: value for name, value in environ.items() if isinstance(value, bool)}
    complaints = sorted(complaints_about(environ))
    if more or named:
        complaints.append("called with more than environ and start_response")
    report = {
        "strings": strings,
        "flags": flags,
        "version": environ["wsgi.version"],
        "complaints": complaints,
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(report).encode()]


def complaints_about(environ: dict[str, Any]) -> Any:
    if type(environ) is not dict:
        yield f"the environ is a {type(environ).__name__}"
    if type(environ["wsgi.version"]) is not tuple:
        yield "wsgi.version is not a tuple"
    for name, value in environ.items():
        if type(name) is not str:
            yield f"the name {name!r} is not a str"
        elif "." in name and not re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_.]+", name):
            yield f"{name} is no name for an extension"
        elif "." not in name and type(value) is not str:
            yield f"{name} is a {type(value).__name__}"
        elif type(value) is str and any(ord(character) > 255 for character in value):
            yield f"{name} holds more than latin-1"
    for stream, methods in {
        "wsgi.input": ["read", "readline", "readlines", "__iter__"],
        "wsgi.errors": ["write", "writelines", "flush"],
    }.items():
        for method in methods:
            if not callable(getattr(environ[stream], method, None)):
                yield f"{stream} lacks {method}"
    for hidden in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
        if hidden in environ:
            yield f"{hidden} is there"
