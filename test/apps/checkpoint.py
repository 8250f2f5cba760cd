"""Lets a test know where an application is, and hold it there."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

# The other's directory is on the path where this runs on Pyodide: in test/contract/matrix.ts.
SOCKETS: Any = import_module("webassembly_socket" if sys.platform == "emscripten" else "socket")
PATIENCE = 60  # seconds; longer than any test waits


def query(environ: dict[str, Any], name: str, default: str = "") -> str:
    """The first value of a name in the query string."""
    values = parse_qs(environ["QUERY_STRING"], keep_blank_values=True).get(name)
    return values[0] if values else default


def reach(environ: dict[str, Any], name: str) -> None:
    """Tell the test behind `?checkpoint=PORT`, and wait until it says go on."""
    port = query(environ, "checkpoint")
    if not port:
        return
    with SOCKETS.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE) as test:
        test.sendall(name.encode() + b"\n")
        test.recv(1)
