"""Answers as the JSON in its query string says; where start_response refuses, with a 555."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import unquote

PLAIN = ("Content-Type", "text/plain")


def application(environ: dict[str, Any], start_response: Any) -> Any:
    told = json.loads(unquote(environ["QUERY_STRING"]))
    headers = [tuple(header) for header in told.get("headers", [])]
    try:
        write = start_response(told.get("status", "200 OK"), headers)
    except Exception:  # noqa: BLE001 (PEP 3333 says that it raises, not what)
        start_response("555 Refused By start_response", [PLAIN], sys.exc_info())
        return [b"refused"]
    for text in told.get("written", []):
        write(text.encode("latin-1"))
    items = [text.encode("latin-1") for text in told.get("items", [])]
    return (item for item in items) if told.get("lazily") else items
