"""Leaves nothing of its environ."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    environ.clear()
    environ["HTTP_X_LEFT_BEHIND"] = "from an earlier request"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"emptied"]
