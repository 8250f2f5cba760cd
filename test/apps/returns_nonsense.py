"""Gives `?what=` where bytes belong: `text`, `written`, `item`, `late`, `number`, `none`; or `unstarted`."""

from __future__ import annotations

from typing import Any

from checkpoint import query


def application(environ: dict[str, Any], start_response: Any) -> Any:
    what = query(environ, "what")
    if what == "unstarted":
        return [b"no head"]
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    if what == "written":
        write("text")
        return []
    return {"text": "text", "item": ["text"], "number": 42, "late": late()}.get(what)


def late() -> Any:
    yield b"bytes"
    yield "text"
