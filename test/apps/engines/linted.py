"""What lint has something to say of; requests are named by what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain")]
    if environ["PATH_INFO"] == "/status-header":
        headers.append(("Status", "\xfc\u20ac"[: len(environ["QUERY_STRING"])]))
    start_response("200 OK", headers)
    if environ["PATH_INFO"] == "/inside":
        return [item.upper() for item in inside(environ, start_response)]
    return [b"answered"]


def inside(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
    yield b"from inside"
