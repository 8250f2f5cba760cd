"""More bytes than were announced: Content-Length counts the characters."""

from __future__ import annotations

from typing import Any

TEXT = "Grüße\n"


def application(environ: dict[str, Any], start_response: Any) -> Any:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(TEXT)))]
    start_response("200 OK", headers)
    return [TEXT.encode()]
