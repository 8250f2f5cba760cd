"""An error page that is started without the error it is about."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> Any:
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    try:
        name = environ["HTTP_X_NAME"]
    except KeyError:
        start_response("500 Internal Server Error", headers)
        return [b"Something broke\n"]
    start_response("200 OK", headers)
    return [name.encode("latin-1")]
