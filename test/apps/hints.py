"""Calls wsgi.early_hints in the `?way=` that it is asked to."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from checkpoint import query, reach

PLAIN = ("Content-Type", "text/plain")

kept: list[Any] = []


def application(environ: dict[str, Any], start_response: Any) -> Any:
    return WAYS[query(environ, "way")](environ, start_response)


def early(environ: dict[str, Any], start_response: Any) -> Any:
    """One call for each `link=`; then the body of the request, or "done"."""
    hint_links(environ)
    start_response("200 OK", [PLAIN])
    return [environ["wsgi.input"].read() or b"done"]


def started(environ: dict[str, Any], start_response: Any) -> Any:
    """The same after start_response and an empty item: no head is out yet."""
    start_response("200 OK", [PLAIN])
    yield b""
    hint_links(environ)
    yield b"done"


def late(environ: dict[str, Any], start_response: Any) -> Any:
    """After the head is out."""
    start_response("200 OK", [PLAIN])
    yield b"one "
    try:
        hint_links(environ)
    except Exception as error:  # noqa: BLE001 (the test reads what it is)
        yield f"{type(error).__name__}: {error}".encode()


def keep(environ: dict[str, Any], start_response: Any) -> Any:
    """Keeps the callable for a later request."""
    kept[:] = [environ["wsgi.early_hints"]]
    start_response("200 OK", [PLAIN])
    return [b"kept"]


def stale(_environ: dict[str, Any], start_response: Any) -> Any:
    """Calls that of the request that kept it."""
    text = "no error"
    try:
        kept[0]([("Link", "</stale.css>")])
    except Exception as error:  # noqa: BLE001 (the test reads what it is)
        text = f"{type(error).__name__}: {error}"
    start_response("200 OK", [PLAIN])
    return [text.encode()]


def refused(environ: dict[str, Any], start_response: Any) -> Any:
    """Gives `header=` to both callables, and answers with what each says of it."""
    given = json.loads(query(environ, "header"))
    headers = [tuple(given)] if isinstance(given, list) else given
    texts = []
    try:
        environ["wsgi.early_hints"](headers)
        texts.append("")
    except Exception as error:  # noqa: BLE001 (the test reads what it is)
        texts.append(f"{type(error).__name__}: {error}")
    try:
        start_response("200 OK", headers)
        texts.append("")
    except Exception as error:  # noqa: BLE001 (the test reads what it is)
        texts.append(f"{type(error).__name__}: {error}")
    start_response("200 OK", [PLAIN], (RuntimeError, RuntimeError("only asked"), None))
    return [json.dumps(texts).encode()]


def uncaught(environ: dict[str, Any], _start_response: Any) -> Any:
    environ["wsgi.early_hints"]([("Connection", "close")])


def hint_links(environ: dict[str, Any]) -> None:
    reach(environ, "begun")
    try:
        for link in parse_qs(environ["QUERY_STRING"])["link"]:
            environ["wsgi.early_hints"]([("Link", f"<{link}>; rel=preload")])
    finally:
        reach(environ, "hinted")


WAYS = {
    "early": early,
    "started": started,
    "late": late,
    "keep": keep,
    "stale": stale,
    "refused": refused,
    "uncaught": uncaught,
}
