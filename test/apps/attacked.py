"""Behaves as `POST /control/behave` tells it to, whatever is asked for afterwards, and keeps what it
saw of each request for `POST /control/report`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

DELAY_SECONDS = 0.3
OCTETS = ("Content-Type", "application/octet-stream")

kept: list[dict[str, Any]] = []
behaviour: dict[str, Any] = {}
seen: list[dict[str, Any]] = []


def application(environ: dict[str, Any], start_response: Any) -> Any:
    if environ["PATH_INFO"] == "/control/behave":
        behaviour.clear()
        behaviour.update(json.loads(environ["wsgi.input"].read()))
        return answer(start_response, b"so be it")
    if environ["PATH_INFO"] == "/control/report":
        report = json.dumps({"process": os.getpid(), "seen": seen}, ensure_ascii=False)
        seen.clear()
        return answer(start_response, report.encode())
    seen.append(look(environ))
    return behave(environ, start_response)


def look(environ: dict[str, Any]) -> dict[str, Any]:
    texts = {name: value for name, value in environ.items() if isinstance(value, str)}
    is_fresh = "attacked.kept" not in environ and not any(old is environ for old in kept)
    return {"environ": texts, "isFresh": is_fresh}


def behave(environ: dict[str, Any], start_response: Any) -> Any:
    special = behaviour.get("special")
    if special is not None:
        return SPECIAL[special](environ, start_response)
    if "items" not in behaviour and "written" not in behaviour:
        return echo(environ, start_response)
    headers = [tuple(header) for header in behaviour.get("headers", [])]
    write = start_response(behaviour.get("status", "200 OK"), headers)
    for text in behaviour.get("written", []):
        write(text.encode("latin-1"))
    items = [text.encode("latin-1") for text in behaviour.get("items", [])]
    return (item for item in items) if behaviour.get("lazily") else items


def echo(environ: dict[str, Any], start_response: Any) -> Any:
    """The path, a space and the body."""
    path = environ["PATH_INFO"].encode("latin-1")
    return answer(start_response, path + b" " + environ["wsgi.input"].read())


def answer(start_response: Any, body: bytes) -> Any:
    start_response("200 OK", [OCTETS])
    return [body]


def ignores_body(environ: dict[str, Any], start_response: Any) -> Any:
    return answer(start_response, environ["PATH_INFO"].encode("latin-1") + b" ")


def is_slow_at_first(environ: dict[str, Any], start_response: Any) -> Any:
    if environ["PATH_INFO"] == "/0":
        time.sleep(DELAY_SECONDS)
    return echo(environ, start_response)


def status_of_bytes(environ: dict[str, Any], start_response: Any) -> Any:
    start_response(b"200 OK", [])
    return [b"x"]


def headers_in_tuple(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", (("X", "y"),))
    return [b"x"]


def headers_in_dictionary(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", {"X": "y"})
    return [b"x"]


def never_starts(environ: dict[str, Any], start_response: Any) -> Any:
    return [b"x"]


def starts_twice(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", [])
    start_response("200 OK", [])
    return [b"x"]


def starts_again(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [OCTETS])
    yield b"x" * 70_000
    try:
        raise ValueError("the head is out")
    except ValueError:
        start_response("500 Too Late", [OCTETS], sys.exc_info())
    yield b"never seen"


def fails_at_once(environ: dict[str, Any], start_response: Any) -> Any:
    raise ValueError("it fails at once")


def returns_nothing(environ: dict[str, Any], start_response: Any) -> Any:
    return None


def returns_number(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", [])
    return 5


def sends_file_from_middle(environ: dict[str, Any], start_response: Any) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the server closes it)
    file.write(b"0123456789")
    file.seek(5)
    start_response("200 OK", [OCTETS])
    return environ["wsgi.file_wrapper"](file)


def reads_past_end(environ: dict[str, Any], start_response: Any) -> Any:
    source = environ["wsgi.input"]
    parts = [source.read(), source.read(), source.read(10), source.readline()]
    texts = [part.decode("latin-1") for part in parts]
    return answer(start_response, json.dumps(texts, separators=(",", ":")).encode())


def keeps_environ(environ: dict[str, Any], start_response: Any) -> Any:
    environ["attacked.kept"] = 1
    environ["HTTP_KEPT"] = "kept"
    kept.append(environ)
    return echo(environ, start_response)


SPECIAL = {
    "ignores the body": ignores_body,
    "is slow at first": is_slow_at_first,
    "status of bytes": status_of_bytes,
    "headers in a tuple": headers_in_tuple,
    "headers in a dictionary": headers_in_dictionary,
    "never starts": never_starts,
    "starts twice": starts_twice,
    "starts again when its head is out": starts_again,
    "fails at once": fails_at_once,
    "returns nothing": returns_nothing,
    "returns a number": returns_number,
    "sends a file from its middle": sends_file_from_middle,
    "reads past the end": reads_past_end,
    "keeps its environ": keeps_environ,
}
