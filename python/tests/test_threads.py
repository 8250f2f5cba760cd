"""Several request threads in one worker."""

from __future__ import annotations

from pathlib import Path

from conftest import Run
from portico.frames import FrameType
from test_connection import GATED, Gate, wait_in

TOGETHER = """
import threading
barrier = threading.Barrier(4)
def app(environ, start_response):
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/meet":
        barrier.wait(10)
    environ["wsgi.errors"].write(environ["PATH_INFO"] + "\\n")
    return [threading.current_thread().name.encode()]
"""


def test_four_threads_answer_four_requests_at_the_same_time(run: Run) -> None:
    gateway = run(TOGETHER, threads="4")
    streams = [gateway.open("/meet") for _ in range(4)]
    names = {gateway.answer(stream).body for stream in streams}
    assert names == {b"MainThread", b"portico-2", b"portico-3", b"portico-4"}


def test_four_requests_of_one_batch_meet_too(run: Run) -> None:
    gateway = run(TOGETHER, threads="4")
    gateway.send_bytes(b"".join(gateway.request("/meet") for _ in range(4)))
    assert len({gateway.answer(stream).body for stream in (1, 2, 3, 4)}) == 4


def test_one_thread_is_the_main_thread(run: Run) -> None:
    assert run(TOGETHER).get("/").body == b"MainThread"


def test_a_slow_request_keeps_only_its_thread(run: Run, tmp_path: Path) -> None:
    gateway, gate = run(GATED, threads="2"), Gate(tmp_path)
    slow = wait_in(gateway, gate)
    for number in range(20):
        assert gateway.get(f"/{number}").body == b"/%d" % number
    gate.open()
    assert gateway.answer(slow).body == b"/wait"


def test_what_no_thread_has_begun_can_be_withdrawn(run: Run, tmp_path: Path) -> None:
    gateway = run(GATED, threads="2")
    gates: list[Gate] = []
    for name in "ab":
        (tmp_path / name).mkdir()
        gates.append(Gate(tmp_path / name))
    slow = [wait_in(gateway, gate) for gate in gates]
    waiting = gateway.open("/unbegun")
    gateway.withdraw(waiting)
    assert gateway.answer(waiting).reset
    assert gateway.marked() == slow[-1]
    for gate in gates:
        gate.open()
    assert {gateway.answer(stream).body for stream in slow} == {b"/wait"}


def test_many_requests_keep_their_answers_and_their_errors_apart(run: Run) -> None:
    gateway = run(TOGETHER, threads="4")
    gateway.send_bytes(b"".join(gateway.request(f"/{number}") for number in range(1, 501)))
    texts: dict[int, bytes] = {}
    ended: set[int] = set()
    while len(ended) < 500:
        frame = gateway.next_frame()
        if frame.type == FrameType.LOG:
            texts[frame.stream_id] = frame.payload
        elif frame.type == FrameType.DATA:
            ended.add(frame.stream_id)
    assert texts == {number: b"/%d\n" % number for number in range(1, 501)}
