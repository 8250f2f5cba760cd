"""Calls start_response again: `?how=plain`, `refused`, `unsent`, `badly` or `sent`."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from checkpoint import query

PLAIN = ("Content-Type", "text/plain")
FIRST = [PLAIN, ("X-First", "yes")]


def application(environ: dict[str, Any], start_response: Any) -> Any:
    return WAYS[query(environ, "how")](start_response)


def plain(start_response: Any) -> Any:
    """Without exc_info."""
    start_response("200 OK", FIRST)
    start_response("200 Again", [PLAIN])
    return [b"never seen"]


def refused(start_response: Any) -> Any:
    """Without exc_info, after a call that was refused."""
    with suppress(Exception):
        start_response("200 OK", [PLAIN, ("X-Bad", "a\r\nb")])
    start_response("200 Again", [PLAIN])
    return [b"never seen"]


def unsent(start_response: Any) -> Any:
    """With exc_info, while nothing has been sent but an empty item."""
    start_response("200 OK", FIRST)
    yield b""
    try:
        raise ValueError("changed its mind")
    except ValueError:
        start_response("500 Mind Changed", [PLAIN, ("X-Second", "yes")], sys.exc_info())
    yield b"second"


def badly(start_response: Any) -> Any:
    """With exc_info, and headers that are refused: neither response is good."""
    start_response("200 OK", FIRST)
    try:
        raise ValueError("changed its mind")
    except ValueError:
        with suppress(Exception):
            start_response("200 OK", [PLAIN, ("X-Bad", "a\r\nb")], sys.exc_info())
    return [b"never seen"]


def sent(start_response: Any) -> Any:
    """With exc_info, after the head: raises that very exception."""
    start_response("200 OK", FIRST)
    yield b"first"
    problem = ValueError("too late")
    try:
        raise problem
    except ValueError:
        try:
            start_response("500 Too Late", [PLAIN], sys.exc_info())
        except Exception as error:
            if error is not problem:
                yield b"and another exception was raised"
            raise


WAYS = {"plain": plain, "refused": refused, "unsent": unsent, "badly": badly, "sent": sent}
