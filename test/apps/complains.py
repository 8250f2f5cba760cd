"""Writes to wsgi.errors in all ways there are."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    errors = environ["wsgi.errors"]
    errors.write("one line\n")
    errors.writelines(["two ", "lines\n", "at once\n"])
    errors.write("caf\u00e9 \u20ac \U0001f600 \ud800\n")
    errors.write("without an end")
    errors.flush()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"complained"]
