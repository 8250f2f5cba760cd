"""Fewer bytes than were announced."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "50")]
    start_response("200 OK", headers)
    return [b"Hello"]
