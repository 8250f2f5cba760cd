"""Goes on after start_response has said that it is too late for an error page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

HEADERS = [("Content-Type", "text/plain; charset=utf-8")]


def application(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", HEADERS)
    yield b"Hello, "
    try:
        raise ValueError("changed its mind")
    except ValueError:
        with suppress(ValueError):
            start_response("503 Service Unavailable", HEADERS, sys.exc_info())
    yield b"world\n"
