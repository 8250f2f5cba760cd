"""Windows: a worker sends no more than the gateway will take."""

from __future__ import annotations

import pytest

from conftest import Run
from gateway import Gateway
from portico.frames import ErrorCode, FrameFlag, FrameType
from portico.streams import MAX_DATA_BYTES

BIG = """
import hashlib
def app(environ, start_response):
    write = start_response("200 OK", [])
    kind, size = environ["QUERY_STRING"].split()
    if environ["PATH_INFO"] == "/small":
        return [b"small"]
    body = bytes(range(256)) * (int(size) // 256)
    if kind == "write":
        write(body)
        return []
    return [body] if kind == "list" else iter([body])
"""

ALL_KINDS = pytest.mark.parametrize("kind", ["list", "iter", "write"])


def expect_silence(gateway: Gateway) -> None:
    """What a worker sends before it answers a PING is all that it has to send."""
    gateway.send(FrameType.PING, 0, 0, b"silence?")
    frame = gateway.next_frame()
    assert (frame.type, frame.payload) == (FrameType.PING, b"silence?")


@pytest.mark.parametrize("threads", ["1", "2"])
@ALL_KINDS
def test_a_large_body_stops_at_the_window_and_goes_on(run: Run, kind: str, threads: str) -> None:
    gateway = run(BIG, window="1000", threads=threads)
    stream = gateway.open("/", QUERY_STRING=f"{kind} 2560")
    gateway.expect(FrameType.RESPONSE, stream)
    body = gateway.next_frame().payload
    assert len(body) == 1000
    expect_silence(gateway)
    gateway.allow(stream, 500)
    body += gateway.expect(FrameType.DATA).payload
    assert len(body) == 1500
    expect_silence(gateway)
    gateway.allow(stream, 10_000)
    body += gateway.answer(stream).body
    assert body == bytes(range(256)) * 10


@ALL_KINDS
def test_sixteen_megabytes_arrive_whole(run: Run, kind: str) -> None:
    gateway = run(BIG)
    answer = gateway.get("/", QUERY_STRING=f"{kind} {1 << 24}")
    assert answer.body == bytes(range(256)) * (1 << 16)


def test_no_data_frame_is_larger_than_its_limit(run: Run) -> None:
    gateway = run(BIG, window=str(1 << 24))
    stream = gateway.open("/", QUERY_STRING=f"list {1 << 22}")
    gateway.expect(FrameType.RESPONSE)
    while True:
        frame = gateway.expect(FrameType.DATA, stream)
        assert len(frame.payload) <= MAX_DATA_BYTES
        if frame.flags & FrameFlag.END_STREAM:
            return


def test_cancelling_wakes_an_answer_that_waits_for_its_window(run: Run) -> None:
    gateway = run(BIG, window="1000")
    stream = gateway.open("/", QUERY_STRING="iter 2560")
    gateway.expect(FrameType.DATA, stream)
    gateway.cancel(stream)
    assert gateway.answer(stream).reset == (ErrorCode.CANCEL, "")
    assert gateway.get("/small", QUERY_STRING="iter 0").body == b"small"


def test_requests_that_come_meanwhile_are_answered_afterwards(run: Run) -> None:
    gateway = run(BIG, window="1000")
    first = gateway.open("/", QUERY_STRING="iter 2560")
    gateway.expect(FrameType.RESPONSE, first)
    gateway.expect(FrameType.DATA, first)
    second = gateway.open("/small", QUERY_STRING="iter 0")
    expect_silence(gateway)
    gateway.allow(first, 10_000)
    assert len(gateway.answer(first).body) == 1560
    assert gateway.answer(second).body == b"small"


def test_with_threads_another_request_is_answered_meanwhile(run: Run) -> None:
    gateway = run(BIG, window="1000", threads="2")
    first = gateway.open("/", QUERY_STRING="iter 2560")
    gateway.expect(FrameType.DATA, first)
    # Again and again: who reads for both threads is a matter of luck.
    for _ in range(20):
        assert gateway.get("/small", QUERY_STRING="iter 0").body == b"small"
    gateway.allow(first, 10_000)
    assert len(gateway.answer(first).body) == 1560


def test_a_write_into_a_cancelled_stream_raises_in_the_application(run: Run) -> None:
    gateway = run(
        """
        def app(environ, start_response):
            write = start_response("200 OK", [])
            try:
                while True:
                    write(b"x" * 100)
            except OSError as error:
                environ["wsgi.errors"].write(f"{type(error).__name__}: {error}")
                raise
        """
    )
    stream = gateway.open("/")
    gateway.expect(FrameType.DATA, stream)
    gateway.cancel(stream)
    answer = gateway.answer(stream)
    assert answer.reset == (ErrorCode.CANCEL, "")
    assert gateway.expect(FrameType.LOG).payload == b"ClientDisconnected: the client has gone\n"
