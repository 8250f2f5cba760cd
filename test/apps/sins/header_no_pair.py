"""A header as a line, where a pair belongs."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), "X-Name: value"])
    return [b"Hello"]
