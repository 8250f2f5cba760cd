"""Batches, order, withdrawal, cancellation and the heartbeat of one worker."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from conftest import Run
from gateway import Gateway, seconds_since
from portico.frames import ErrorCode, FrameFlag, FrameType, decode_reason, encode_strings

# Waits inside a worker end when a test writes to the pipe whose path is in the query string.
GATED = """
import threading, time

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    path = environ["PATH_INFO"]
    if path == "/wait":
        environ["wsgi.errors"].write("waiting\\n")
        environ["wsgi.errors"].flush()
        open(environ["QUERY_STRING"]).read()
    if path == "/spin":
        environ["wsgi.errors"].write("waiting\\n")
        environ["wsgi.errors"].flush()
        while True:
            pass
    return [path.encode()]
"""


class Gate:
    """A pipe with a name: a worker that reads it waits until it is opened here."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "gate")
        os.mkfifo(self.path)

    def open(self) -> None:
        os.close(os.open(self.path, os.O_WRONLY))


def wait_in(gateway: Gateway, gate: Gate) -> int:
    """Begin a request that waits at the gate, and return once it does."""
    stream = gateway.open("/wait", QUERY_STRING=gate.path)
    gateway.expect(FrameType.LOG, stream)
    return stream


def test_a_request_is_answered_by_response_and_data(run: Run) -> None:
    answer = run(GATED).get("/hello")
    assert answer.status == "200 OK"
    assert answer.headers == [("Content-Type", "text/plain")]
    assert answer.body == b"/hello"
    assert answer.reset is None


def test_a_batch_is_answered_in_the_order_of_its_numbers(run: Run) -> None:
    gateway = run(GATED)
    gateway.send_bytes(b"".join(gateway.request(f"/{number}") for number in range(50)))
    order: list[int] = []
    while len(order) < 50:
        frame = gateway.expect(FrameType.RESPONSE)
        order.append(frame.stream_id)
        assert gateway.next_frame().payload == b"/%d" % (frame.stream_id - 1)
    assert order == list(range(1, 51))


def test_a_request_begins_after_those_before_it_though_their_bodies_come_later(run: Run) -> None:
    gateway = run(GATED)
    post = encode_strings(["REQUEST_METHOD", "POST", "PATH_INFO", "/first"])
    gateway.send(FrameType.REQUEST, 0, 1, post)
    gateway.send(FrameType.REQUEST, FrameFlag.END_STREAM, 2, post.replace(b"first", b"second"))
    gateway.send(FrameType.PING, 0, 0, b"12345678")
    assert gateway.next_frame().type == FrameType.PING
    gateway.send(FrameType.DATA, FrameFlag.END_STREAM, 1, b"body")
    assert [gateway.expect(FrameType.RESPONSE).stream_id for _ in "12"] == [1, 2]


def test_a_fast_answer_is_not_kept_by_a_slow_one_behind_it(run: Run, tmp_path: Path) -> None:
    gateway, gate = run(GATED), Gate(tmp_path)
    gateway.get("/warm")
    fast = gateway.request("/fast")
    slow = gateway.request("/wait", QUERY_STRING=gate.path)
    start = time.monotonic()
    gateway.send_bytes(fast + slow)
    assert gateway.answer(2).body == b"/fast"
    assert seconds_since(start) < 0.05
    gate.open()
    assert gateway.answer(3).body == b"/wait"


def test_a_request_not_begun_is_given_back_while_another_runs(run: Run, tmp_path: Path) -> None:
    gateway, gate = run(GATED), Gate(tmp_path)
    running = wait_in(gateway, gate)
    waiting = gateway.open("/unbegun")
    gateway.withdraw(waiting)
    assert gateway.answer(waiting).reset == (ErrorCode.REFUSED_STREAM, "")
    gateway.withdraw(running)
    gate.open()
    assert gateway.answer(running).body == b"/wait"
    assert gateway.get("/next").body == b"/next"


def test_a_cancelled_request_that_is_not_begun_never_runs(run: Run, tmp_path: Path) -> None:
    gateway, gate = run(GATED), Gate(tmp_path)
    running = wait_in(gateway, gate)
    waiting = gateway.open("/unbegun")
    gateway.cancel(waiting)
    answer = gateway.answer(waiting)
    assert (answer.status, answer.reset) == ("", (ErrorCode.CANCEL, ""))
    gate.open()
    assert gateway.answer(running).body == b"/wait"


def test_ping_is_answered_idle_and_busy(run: Run, tmp_path: Path) -> None:
    gateway, gate = run(GATED), Gate(tmp_path)
    gateway.send(FrameType.PING, 0, 0, b"idle....")
    frame = gateway.next_frame()
    assert (frame.type, frame.flags, frame.payload) == (FrameType.PING, FrameFlag.ACK, b"idle....")
    wait_in(gateway, gate)
    gateway.send(FrameType.PING, 0, 0, b"sleeping")
    assert gateway.expect(FrameType.PING).payload == b"sleeping"
    gate.open()


def test_ping_is_answered_while_python_code_spins(run: Run) -> None:
    gateway = run(GATED)
    gateway.expect(FrameType.LOG, gateway.open("/spin"))
    start = time.monotonic()
    gateway.send(FrameType.PING, 0, 0, b"spinning")
    assert gateway.expect(FrameType.PING).payload == b"spinning"
    assert seconds_since(start) < 0.5


def test_the_marker_tells_which_stream_had_begun_when_the_worker_died(
    run: Run, tmp_path: Path
) -> None:
    gateway, gate = run(GATED), Gate(tmp_path)
    assert gateway.marked() == 0
    gateway.get("/first")
    running = wait_in(gateway, gate)
    gateway.open("/unbegun")
    os.kill(gateway.process.pid, signal.SIGKILL)
    assert gateway.exit_status() == -signal.SIGKILL
    assert gateway.marked() == running == 2


def test_a_frame_of_unknown_type_ends_the_connection(run: Run) -> None:
    gateway = run(GATED)
    gateway.send(99, 0, 0)
    code, text = decode_reason(gateway.expect(FrameType.GOAWAY).payload)
    assert (code, text) == (ErrorCode.PROTOCOL_ERROR, "frame type 99 is unknown here")
    assert gateway.exit_status() == 1


def test_a_frame_for_a_stream_never_opened_ends_the_connection(run: Run) -> None:
    gateway = run(GATED)
    gateway.cancel(7)
    code, text = decode_reason(gateway.expect(FrameType.GOAWAY).payload)
    assert code == ErrorCode.PROTOCOL_ERROR
    assert "stream 7" in text


def test_frames_for_a_stream_that_is_over_are_ignored(run: Run) -> None:
    gateway = run(GATED)
    gateway.get("/first")
    gateway.cancel(1)
    gateway.allow(1, 100)
    gateway.send(FrameType.DATA, FrameFlag.END_STREAM, 1, b"late")
    assert gateway.get("/second").body == b"/second"
