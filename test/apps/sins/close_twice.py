"""A middleware that closes the body at its end, and once more in its own close()."""

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
    def __init__(self, body: Any) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        try:
            for item in self.body:
                yield item.upper()
        finally:
            self.body.close()

    def close(self) -> None:
        self.body.close()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return Upper(report(environ, start_response))
