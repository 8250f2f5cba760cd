"""A site in trouble: each request notes in a journal that it has begun, and answers with its own name.

`/KIND/NAME` does what its kind says. Importing it takes as many seconds as the file `slow` says, and
fails where there is a file `broken`.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import time
from collections.abc import Iterator
from typing import Any

HERE = pathlib.Path.cwd()
JOURNAL = os.open(os.environ["CHAOS_JOURNAL"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
HELD: list[bytes] = []

# Longer than --timeout, and than it takes to give a worker up.
TOO_LONG = 6.0

if (HERE / "slow").exists():
    time.sleep(float((HERE / "slow").read_text()))
if (HERE / "broken").exists():
    raise ImportError("broken on purpose")


def application(environ: dict[str, Any], start_response: Any) -> Any:
    kind, name = environ["PATH_INFO"].lstrip("/").split("/")
    os.write(JOURNAL, f"{name}\n".encode())
    if kind == "abort":
        os.abort()
    if kind == "raise":
        raise RuntimeError("on purpose")
    if kind == "hog":
        HELD.append(b"x" * 30_000_000)
    if kind == "slow":
        time.sleep(0.05)
    if kind == "late":
        time.sleep(TOO_LONG)
    if kind == "stubborn":
        endure(TOO_LONG)
    text = hashlib.sha1(environ["wsgi.input"].read()).hexdigest() if kind == "upload" else name
    pieces = [f"{text}\n".encode()] * (20_000 if kind == "large" else 5)
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Name", name)])
    if kind == "unclosed":
        return Unclosed(pieces)
    return one_by_one(pieces) if kind == "stream" else [b"".join(pieces)]


class Unclosed(list[bytes]):
    """Is long in `close()`."""

    def close(self) -> None:
        time.sleep(TOO_LONG)


def endure(seconds: float) -> None:
    """Is not interrupted by any exception."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            time.sleep(end - time.monotonic())
        except BaseException:  # noqa: BLE001 (that is its purpose)
            HELD.append(b"")


def one_by_one(pieces: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        time.sleep(0.01)
        yield piece
