"""A header that would be two: what splits a response."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    headers = [("Content-Type", "text/plain"), ("X-Next", "/page\r\nSet-Cookie: admin=1")]
    start_response("200 OK", headers)
    return [b"Hello"]
