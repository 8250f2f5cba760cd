"""wsgi.early_hints: frames that leave while the application still runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run
from portico.frames import ErrorCode, FrameFlag, FrameType, LogLevel
from test_connection import Gate

PAYLOAD = b"103 Early Hints\0Link\0</a.css>; rel=preload"

HINTS = """
LINK = ("Link", "</a.css>; rel=preload")
kept = []

def told(call):
    try:
        call([LINK])
    except Exception as error:
        return f"{type(error).__name__}: {error}".encode()
    return b"no error"

def app(environ, start_response):
    hint = environ["wsgi.early_hints"]
    path = environ["PATH_INFO"]
    if path == "/wait":
        hint([LINK])
        open(environ["QUERY_STRING"]).read()
        hint([LINK])
    if path == "/bad":
        hint([LINK, ("Connection", "close")])
    write = start_response("200 OK", [])
    if path == "/wait":
        hint([LINK])
    if path == "/keep":
        kept.append(hint)
        return [b"kept"]
    if path == "/stale":
        return [told(kept.pop())]
    if path == "/written":
        write(b"a")
        return [told(hint)]
    return [b"done"]
"""

TOO_LATE = b"ApplicationError: wsgi.early_hints called after the response began"


def test_each_call_is_a_frame_that_leaves_at_once(run: Run, tmp_path: Path) -> None:
    gateway = run(HINTS)
    gate = Gate(tmp_path)
    stream = gateway.open("/wait", QUERY_STRING=gate.path)
    frame = gateway.expect(FrameType.RESPONSE, stream)
    assert (frame.flags, frame.payload) == (FrameFlag.INFORMATIONAL, PAYLOAD)
    gate.open()
    frames = [gateway.expect(FrameType.RESPONSE, stream) for _ in range(3)]
    informational = FrameFlag.INFORMATIONAL
    assert [frame.flags for frame in frames] == [informational, informational, 0]
    assert frames[-1].payload == b"200 OK"
    assert gateway.answer(stream).body == b"done"


@pytest.mark.parametrize("first", ["/keep", "/written"])
def test_a_call_after_the_head_raises_in_the_application(run: Run, first: str) -> None:
    gateway = run(HINTS)
    answer = gateway.get(first)
    if first == "/keep":
        answer = gateway.get("/stale")
    assert answer.status == "200 OK"
    assert answer.body.endswith(TOO_LATE)


def test_headers_that_are_refused_send_nothing(run: Run) -> None:
    answer = run(HINTS).get("/bad")
    assert answer.status == ""
    assert answer.reset
    code, text = answer.reset
    assert code == ErrorCode.INTERNAL_ERROR
    assert text.startswith("ApplicationError: Connection is a hop-by-hop header")
    assert [level for level, _ in answer.logs] == [LogLevel.ERROR]


def test_a_client_that_has_left_is_no_error(run: Run, tmp_path: Path) -> None:
    gateway = run(HINTS)
    gate = Gate(tmp_path)
    stream = gateway.open("/wait", QUERY_STRING=gate.path)
    gateway.expect(FrameType.RESPONSE, stream)
    gateway.cancel(stream)
    gate.open()
    assert gateway.answer(stream).logs == []
