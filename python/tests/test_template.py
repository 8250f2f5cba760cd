"""A template and the workers that it forks, seen from the gateway."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from conftest import Run
from gateway import NOTHING_BEGUN, PATIENCE_SECONDS, Bridge, Gateway, seconds_since, settings
from portico.forks import GRACE_SECONDS
from portico.frames import ErrorCode, FrameFlag, FrameType, decode_pairs, decode_reason
from test_connection import Gate

APP = """
import os, signal
signal.signal(signal.SIGCHLD, lambda *_: None)
SIGCHLD = signal.getsignal(signal.SIGCHLD)
IMPORTED_BY = os.getpid()
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/leave":
        os._exit(3)
    start_response("200 OK", [])
    if path == "/sigchld":
        return [str(signal.getsignal(signal.SIGCHLD) is SIGCHLD).encode()]
    return [f"{IMPORTED_BY} {os.getpid()}".encode()]
"""


@pytest.fixture
def template(boot: Run) -> Gateway:
    gateway = boot(APP, arguments="preload")
    assert gateway.ready()["target"] == "app:app"
    return gateway


class Worker(Bridge):
    """A worker that the template was asked for, when it has come."""

    def __init__(self, template: Gateway, directory: Path, number: int) -> None:
        place = directory / f"place-{number}"
        place.mkdir()
        (place / "begun").write_bytes(NOTHING_BEGUN)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(place / "socket"))
            listener.listen()
            listener.settimeout(PATIENCE_SECONDS)
            template.say(FrameType.FORK, worker=str(number), directory=str(place))
            ours, _ = listener.accept()
        answer = template.expect(FrameType.FORK)
        assert answer.flags == FrameFlag.ACK
        said = decode_pairs(answer.payload)
        assert said["worker"] == str(number)
        self.pid = int(said["pid"])
        self.marker = place / "begun"
        super().__init__(ours, settings("app", directory))


def ended(template: Gateway) -> dict[str, str]:
    return decode_pairs(template.expect(FrameType.EXITED).payload)


def test_workers_are_forked_with_the_application_that_it_has_imported(
    template: Gateway, tmp_path: Path
) -> None:
    for number in (1, 2):
        worker = Worker(template, tmp_path, number)
        assert worker.ready()["pid"] == str(worker.pid)
        assert worker.get().body == f"{template.process.pid} {worker.pid}".encode()
        assert int.from_bytes(worker.marker.read_bytes()[:4], "big") == 1
        worker.hang_up()


def test_how_a_worker_ended_is_said(template: Gateway, tmp_path: Path) -> None:
    first, second, third = (Worker(template, tmp_path, number) for number in (1, 2, 3))
    for worker in (first, second, third):
        worker.ready()
    first.open("/leave")
    assert ended(template) == {"worker": "1", "status": "3"}
    os.kill(second.pid, signal.SIGKILL)
    assert ended(template) == {"worker": "2", "signal": "9"}
    third.goaway()
    assert ended(template) == {"worker": "3", "status": "0"}


def test_a_worker_has_the_signal_handler_that_the_application_has_set(
    template: Gateway, tmp_path: Path
) -> None:
    worker = Worker(template, tmp_path, 1)
    worker.ready()
    assert worker.get("/sigchld").body == b"True"


def test_a_worker_that_is_awaited_no_more_ends(template: Gateway, tmp_path: Path) -> None:
    template.say(FrameType.FORK, worker="1", directory=str(tmp_path / "gone"))
    assert ended(template) == {"worker": "1", "status": "0"}


def test_sigterm_changes_nothing(template: Gateway, tmp_path: Path) -> None:
    template.process.send_signal(signal.SIGTERM)
    worker = Worker(template, tmp_path, 1)
    worker.ready()
    assert worker.get().status == "200 OK"


def test_pings_are_answered(template: Gateway) -> None:
    template.send(FrameType.PING, 0, 0, b"12345678")
    frame = template.expect(FrameType.PING)
    assert (frame.flags, frame.payload) == (FrameFlag.ACK, b"12345678")


def test_goaway_ends_it(template: Gateway) -> None:
    template.goaway()
    assert template.exit_status() == 0


def test_end_of_file_ends_it_and_a_worker_that_cannot_hear(
    template: Gateway, tmp_path: Path
) -> None:
    worker = Worker(template, tmp_path, 1)
    worker.ready()
    # As one that native code holds.
    os.kill(worker.pid, signal.SIGSTOP)
    start = time.monotonic()
    template.hang_up()
    template.exit_status()
    assert seconds_since(start) < GRACE_SECONDS + 1
    assert worker.is_over()


def test_what_cannot_be_imported_is_refused_as_by_a_worker(boot: Run) -> None:
    gateway = boot("1 / 0", arguments="preload")
    assert "ZeroDivisionError" in gateway.expect(FrameType.LOG).payload.decode()
    code, text = decode_reason(gateway.expect(FrameType.GOAWAY).payload)
    assert code == ErrorCode.INTERNAL_ERROR
    assert "ZeroDivisionError: division by zero" in text
    assert gateway.exit_status() == 4


def test_goaway_during_the_import_is_answered_with_where_it_is(boot: Run, tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    source = f"open({gate.path!r}, 'w'); import time; time.sleep(60)"
    gateway = boot(source, arguments="preload")
    os.close(os.open(gate.path, os.O_RDONLY))
    gateway.goaway()
    assert "gave up importing app; it is at" in gateway.expect(FrameType.LOG).payload.decode()
    assert gateway.exit_status() == 4
