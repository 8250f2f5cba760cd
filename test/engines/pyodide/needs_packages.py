"""Says what it was given by the packages that it needs."""

from __future__ import annotations

from typing import Any

import greetings


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    text = ACTIONS[environ["PATH_INFO"]]()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]


def overwrite() -> str:
    try:
        with open(greetings.__file__, "w") as file:
            file.write("text = 'other'")
    except OSError as error:
        return f"kept: {error.strerror}"
    return "overwritten"


ACTIONS = {
    "/": lambda: greetings.text,
    "/compiled": lambda: str(greetings.__cached__),
    "/overwrite": overwrite,
}
