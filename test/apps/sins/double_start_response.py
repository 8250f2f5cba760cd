"""start_response once more, and no error that would be a reason."""

from __future__ import annotations

from typing import Any

HEADERS = [("Content-Type", "text/plain; charset=utf-8")]


def application(environ: dict[str, Any], start_response: Any) -> Any:
    start_response("200 OK", HEADERS)
    start_response("201 Created", HEADERS)
    return [b"Hello"]
