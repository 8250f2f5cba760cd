"""Remembers every visit whole: the environ, and all that is in it."""

from __future__ import annotations

from typing import Any

visits: list[dict[str, Any]] = []


def application(environ: dict[str, Any], start_response: Any) -> Any:
    visits.append(environ)
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"%d visits\n" % len(visits)]
