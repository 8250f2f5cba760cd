"""Calls start_response when its first item is asked for, not before."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield environ["REQUEST_METHOD"].encode()
    yield b" late"
