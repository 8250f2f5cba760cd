"""A middleware that starts the error page without the exc_info it is given."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

HEADERS = [("Content-Type", "text/plain; charset=utf-8")]


def changes_its_mind(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", HEADERS)
    yield b""
    try:
        raise ValueError("changed its mind")
    except ValueError:
        start_response("503 Service Unavailable", HEADERS, sys.exc_info())
    yield b"Not now\n"


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, ("X-Frame-Options", "DENY")])

    return changes_its_mind(environ, start)
