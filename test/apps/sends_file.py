"""Sends a file of 300,000 bytes by wsgi.file_wrapper, in the `?way=` that it is asked to.

TypeScript applications have no file_wrapper: what they return is iterated by the same process.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from typing import Any

from checkpoint import query, reach

CONTENT = bytes(range(250)) * 1200


def application(environ: dict[str, Any], start_response: Any) -> Any:
    way = query(environ, "way")
    file = Reporting(environ, opened(way))
    file.seek(int(query(environ, "seek", "0")))
    length = query(environ, "length")
    headers = [("Content-Type", "application/octet-stream")]
    if length:
        headers.append(("Content-Length", length))
    start_response("200 OK", headers)
    wrap = environ["wsgi.file_wrapper"]
    wrapped = wrap(file, 1000) if way == "blocks" else wrap(file)
    if way == "dropped":
        return [b"other"]
    return (block[::-1] for block in wrapped) if way == "middleware" else wrapped


def opened(way: str) -> Any:
    if way == "memory":
        return io.BytesIO(CONTENT)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the server closes it)
    file.write(CONTENT)
    file.seek(0)
    return file


class Reporting:
    """A file that says when it is closed."""

    def __init__(self, environ: dict[str, Any], file: Any) -> None:
        self.environ = environ
        self.file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("a file wrapper reads")

    def close(self) -> None:
        self.file.close()
        reach(self.environ, "close")
