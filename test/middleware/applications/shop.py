"""An application that is asked through middleware, by path."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

TEXT = ("Content-Type", "text/plain")


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Each path behaves in one way."""
    path = environ["PATH_INFO"]
    if path == "/raises":
        raise ValueError(path)
    if path == "/slow":
        threading.Event().wait(2)
    if path == "/missing":
        start_response("404 Not Found", [TEXT])
        return [b"nothing"]
    start_response("200 OK", [TEXT])
    if path == "/stream":
        return (b"%d " % number for number in range(3))
    if path == "/echo":
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body: bytes = environ["wsgi.input"].read(length)
        return [environ["REQUEST_METHOD"].encode(), b" ", body]
    strings = {name: value for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps(strings).encode()]
