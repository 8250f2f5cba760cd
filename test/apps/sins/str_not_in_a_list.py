"""Bytes themselves, where a list of them belongs: the items are numbers."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return b"Hello"
