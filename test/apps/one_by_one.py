"""Sends `?written=N` items by write() and yields as many, each of `?size=N` bytes, and stops before the next of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkpoint import query, reach


def application(environ: dict[str, Any], start_response: Any) -> Any:
    size = int(query(environ, "size", "1"))
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    for letter in "abc"[: int(query(environ, "written", "0"))]:
        write(letter.encode() * size)
        reach(environ, f"after {letter}")
    return items(environ, size)


def items(environ: dict[str, Any], size: int) -> Iterator[bytes]:
    for letter in "xyz":
        yield letter.encode() * size
        reach(environ, f"after {letter}")
