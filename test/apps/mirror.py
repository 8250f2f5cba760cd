"""Answers with what it was asked; the query string is `status,form,padding` of the answer."""

from __future__ import annotations

import hashlib
from typing import Any

NAMES = ("CONTENT_TYPE", "PATH_INFO", "REMOTE_ADDR", "REQUEST_METHOD", "REQUEST_URI")
PIECE_BYTES = 5_000


def application(environ: dict[str, Any], start_response: Any) -> Any:
    status, form, padding = environ["QUERY_STRING"].split(",")
    sent = environ["wsgi.input"].read()
    names = [name for name in environ if name in NAMES or name.startswith("HTTP_")]
    lines = sorted(f"{name}={environ[name]}" for name in names)
    lines.append(f"{len(sent)} {hashlib.sha256(sent).hexdigest()}")
    body = "\n".join(lines).encode("latin-1") + b"." * int(padding)
    headers = [("Content-Type", "text/plain")]
    if "HTTP_COOKIE" in environ:
        headers.append(("Set-Cookie", environ["HTTP_COOKIE"]))
    if form == "length":
        headers.append(("Content-Length", str(len(body))))
    start_response(f"{status} As Told", headers)
    headers.append(("X-Late", "told after start_response"))
    if form == "whole" or form == "length":
        return [body]
    pieces = [body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES)]
    return pieces if form == "pieces" else iter(pieces)
