"""Raises `?when=called`, `started`, `written`, `first`, `second` or `closed`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkpoint import query, reach


def application(environ: dict[str, Any], start_response: Any) -> Any:
    when = query(environ, "when")
    if when == "called":
        raise RuntimeError("raised when called")
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    if when == "started":
        raise RuntimeError("raised when started")
    if when == "written":
        write(b"one")
        reach(environ, "one")
        raise RuntimeError("raised when written")
    return Body(environ, when)


class Body:
    def __init__(self, environ: dict[str, Any], when: str) -> None:
        self.environ = environ
        self.when = when

    def __iter__(self) -> Iterator[bytes]:
        if self.when == "first":
            raise RuntimeError("raised when first")
        yield b"one"
        reach(self.environ, "one")
        if self.when == "second":
            raise RuntimeError("raised when second")
        yield b"two"

    def close(self) -> None:
        if self.when == "closed":
            raise RuntimeError("raised when closed")
