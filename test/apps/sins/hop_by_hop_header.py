"""A header that belongs to the connection, which is the server's."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
    start_response("200 OK", headers)
    return [b"Hello"]
