"""The application by which ``portico probe`` judges a WSGI server. NOT FOR PRODUCTION.

One file, the standard library alone: copy it to any server and serve ``application``. Mirrors
src/probe/probe-application.ts: the same paths, the same answers.

``/hello``       answers ``hello`` and reads nothing
``/echo``        answers the request's body, as far as CONTENT_LENGTH goes
``/big?size=N``  answers N bytes in pieces of 64 KiB
any other path   answers JSON: the environ's strings, and facts about the call

It tells everybody what the environ holds: a server that strangers reach must not serve it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs
from wsgiref.util import request_uri

PIECE = 65_536

Environ = dict[str, Any]


def application(*arguments: Any, **keywords: Any) -> Iterable[bytes]:
    """Answer as the path says; the arguments are taken as they come, since they are judged too."""
    environ: Environ = arguments[0]
    start_response = arguments[1]
    facts = {"arguments": len(arguments), "keywords": sorted(keywords)}
    answer = ANSWERS.get(environ.get("PATH_INFO", ""))
    if answer is not None:
        return answer(environ, start_response)
    return tell_environ(environ, start_response, facts)


def hello(_environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def echo(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Read to the end where the server says that there is one, else as far as CONTENT_LENGTH."""
    body = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or "0"
    data = body.read() if environ.get("wsgi.input_terminated") else body.read(int(length))
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [data]


def big(environ: Environ, start_response: Any) -> Iterable[bytes]:
    size = int(query(environ, "size"))
    headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
    start_response("200 OK", headers)
    return pieces(size)


def pieces(size: int) -> Iterator[bytes]:
    piece = b"x" * PIECE
    for start in range(0, size, PIECE):
        yield piece[: size - start]


def tell_environ(environ: Environ, start_response: Any, call: dict[str, Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({**call, **facts_of(environ)}).encode()]


def facts_of(environ: Environ) -> dict[str, Any]:
    """What the judge asks of an environ that no JSON can hold itself."""
    names = [str(name) for name in environ]
    return {
        "strings": {name: value for name, value in environ.items() if isinstance(value, str)},
        "names": sorted(names),
        "isPlain": type(environ) is dict,
        "notText": sorted(
            name for name, value in environ.items() if "." not in name and type(value) is not str
        ),
        "version": list(environ.get("wsgi.version", ())),
        "versionIsTuple": type(environ.get("wsgi.version")) is tuple,
        "flags": {name: bool(environ[name]) for name in FLAGS if name in environ},
        "inputLacks": lacks(environ.get("wsgi.input"), INPUT_METHODS),
        "errorsLacks": lacks(environ.get("wsgi.errors"), ERRORS_METHODS),
        "url": request_uri(environ),
        "process": os.getpid(),
        "thread": threading.get_ident(),
        "language": f"Python {sys.version.split()[0]}",
    }


FLAGS = (
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
    "wsgi.input_terminated",
)
INPUT_METHODS = ("read", "readline", "readlines", "__iter__")
ERRORS_METHODS = ("write", "writelines", "flush")


def lacks(stream: Any, methods: Iterable[str]) -> list[str]:
    return [name for name in methods if not callable(getattr(stream, name, None))]


def query(environ: Environ, name: str) -> str:
    """The first value of a name in the query string."""
    values = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).get(name)
    return values[0] if values else ""


ANSWERS = {"/hello": hello, "/echo": echo, "/big": big}
