"""Lets a test know where an application is, and hold it there."""

from __future__ import annotations

import socket
import sys
from typing import Any
from urllib.parse import parse_qs


def query(environ: dict[str, Any], name: str, default: str = "") -> str:
    """The first value of a name in the query string."""
    values = parse_qs(environ["QUERY_STRING"], keep_blank_values=True).get(name)
    return values[0] if values else default


def reach(environ: dict[str, Any], name: str) -> None:
    """Tell the test behind `?checkpoint=PORT`, and wait until it says go on."""
    port = query(environ, "checkpoint")
    if not port:
        return
    if sys.platform == "emscripten":
        # The directory is on the path where this runs: in test/contract/matrix.ts.
        from probe_application import tell  # type: ignore[import-not-found]

        tell(("127.0.0.1", int(port)), f"{name}\n")
        return
    with socket.create_connection(("127.0.0.1", int(port))) as test:
        test.sendall(name.encode() + b"\n")
        test.recv(1)
