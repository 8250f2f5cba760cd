"""Answers with the body it was sent, in one piece or, with `?pieces`, in pieces."""

from __future__ import annotations

from typing import Any

PIECE_BYTES = 50_000


def application(environ: dict[str, Any], start_response: Any) -> Any:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", environ.get("CONTENT_TYPE", "text/plain"))])
    if environ["QUERY_STRING"] != "pieces":
        return [body]
    return (body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES))
