"""A middleware that passes the items on and forgets that the body has a close()."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class Report:
    """A body that holds something until close()."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"Hello, "
        yield b"world\n"

    def close(self) -> None:
        pass


def report(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return Report()


class Upper:
    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return (item.upper() for item in self.wrapped(environ, start_response))


application = Upper(report)
