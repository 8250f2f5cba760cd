"""What becomes of a request that the gateway says took too long, and of those after it."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from conftest import Run
from gateway import Answer, Gateway
from portico.frames import ErrorCode, FrameFlag, FrameType, LogLevel

REASON = "no answer within --timeout 30 s"
CANCELLED = (ErrorCode.CANCEL, "")

# Says that it has begun, does what its path names, and says what came of that.
APP = """
import select, signal, socket, subprocess, threading, time
lock = threading.Lock()
lock.acquire()
sockets = socket.socketpair()

def spin():
    while True:
        pass

def stubborn():
    try:
        time.sleep(30)
    except BaseException:
        pass

def converts():
    try:
        time.sleep(30)
    except BaseException as error:
        raise ValueError("made of it") from error

WAITS = {
    "/spin": spin,
    "/sleep": lambda: time.sleep(30),
    "/lock": lock.acquire,
    "/event": threading.Event().wait,
    "/recv": lambda: sockets[0].recv(1),
    "/select": lambda: select.select([sockets[0]], [], [], 30),
    "/child": lambda: subprocess.run(["sleep", "30"]),
    "/stubborn": stubborn,
    "/converts": converts,
}

def items():
    try:
        yield b"first"
        time.sleep(30)
    finally:
        print("the generator ended", flush=True)

class Closing:
    def __init__(self, errors):
        self.errors = errors
    def __iter__(self):
        return self
    def __next__(self):
        time.sleep(30)
    def close(self):
        self.errors.write("closed\\n")
        self.errors.flush()

def app(environ, start_response):
    path = environ["PATH_INFO"]
    errors = environ["wsgi.errors"]
    write = start_response("200 OK", [])
    if path == "/whole":
        return [b"whole"]
    if path.startswith("/short/"):
        end = time.monotonic() + float(path[7:])
        while time.monotonic() < end:
            pass
        return [b"short"]
    errors.write("begun\\n")
    errors.flush()
    if path == "/items":
        return items()
    if path == "/closing":
        return Closing(errors)
    if path == "/write":
        while True:
            write(b"x" * 1000)
    WAITS[path]()
    return [b"came back"]
"""


def begin(gateway: Gateway, path: str) -> int:
    stream = gateway.open(path)
    gateway.expect(FrameType.LOG, stream)
    return stream


def interrupt(gateway: Gateway, stream: int) -> None:
    gateway.send(FrameType.INTERRUPT, 0, stream, REASON.encode())


def interrupted(gateway: Gateway, path: str) -> Answer:
    stream = begin(gateway, path)
    interrupt(gateway, stream)
    return gateway.answer(stream)


def stacks(gateway: Gateway, stream: int) -> tuple[str, str]:
    frame = gateway.expect(FrameType.INTERRUPT, stream)
    assert frame.flags == FrameFlag.ACK
    own, others = frame.payload.decode().split("\0")
    return own, others


@pytest.mark.parametrize(
    "path", ["/spin", "/sleep", "/lock", "/event", "/recv", "/select", "/child"]
)
def test_the_main_thread_is_called_out_of_whatever_it_waits_for(run: Run, path: str) -> None:
    gateway = run(APP)
    answer = interrupted(gateway, path)
    assert answer.reset == CANCELLED
    assert gateway.get("/whole").body == b"whole"


def test_another_thread_is_interrupted_as_soon_as_it_runs_python(run: Run) -> None:
    gateway = run(APP, threads="4")
    streams = [begin(gateway, "/spin") for _ in range(3)]
    for stream in streams:
        interrupt(gateway, stream)
        assert gateway.answer(stream).reset == CANCELLED
    assert gateway.get("/whole").body == b"whole"


def test_the_answer_has_the_stack_of_the_thread_without_our_frames(run: Run) -> None:
    gateway = run(APP)
    stream = begin(gateway, "/converts")
    interrupt(gateway, stream)
    own, others = stacks(gateway, stream)
    assert [line.split(", in ")[1] for line in own.splitlines() if ", in " in line] == [
        "app",
        "converts",
    ]
    assert own.endswith("    time.sleep(30)")
    assert not others


def test_the_answer_has_the_stacks_of_other_threads_that_are_at_work(run: Run) -> None:
    gateway = run(APP, threads="4")
    others_stream = begin(gateway, "/sleep")
    stream = begin(gateway, "/spin")
    interrupt(gateway, stream)
    own, others = stacks(gateway, stream)
    assert "in app" in own
    assert others.startswith("Thread ")
    assert others.count("Thread ") == 1
    assert "time.sleep(30)" in others
    gateway.cancel(others_stream)


def test_what_is_raised_names_the_limit_and_is_told_at_debug_alone(run: Run) -> None:
    answer = interrupted(run(APP), "/sleep")
    told = [(level, text) for level, text in answer.logs if level != LogLevel.TEXT]
    assert [level for level, _ in told] == [LogLevel.DEBUG]
    assert told[0][1].startswith("Interrupted: GET /sleep\nTraceback")
    assert told[0][1].endswith(f"portico.RequestTimeout: {REASON}")


def test_what_an_application_makes_of_it_is_told_at_debug_too(run: Run) -> None:
    answer = interrupted(run(APP), "/converts")
    assert answer.reset == CANCELLED
    assert [level for level, _ in answer.logs if level != LogLevel.TEXT] == [LogLevel.DEBUG]
    assert answer.logs[-1][1].endswith("ValueError: made of it")


def test_an_application_that_swallows_it_ends_its_own_way(run: Run) -> None:
    gateway = run(APP)
    assert interrupted(gateway, "/stubborn").body == b"came back"
    assert gateway.get("/whole").body == b"whole"


def test_an_iterable_is_closed_after_the_interruption(run: Run) -> None:
    gateway = run(APP)
    stream = begin(gateway, "/closing")
    interrupt(gateway, stream)
    answer = gateway.answer(stream)
    assert answer.reset == CANCELLED
    assert "closed\n" in answer.errors_text


def test_a_generator_ends(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    gateway = run(APP)
    assert interrupted(gateway, "/items").reset == CANCELLED
    assert gateway.get("/whole").body == b"whole"
    assert "the generator ended" in capfd.readouterr().out


@pytest.mark.parametrize("threads", ["1", "4"])
def test_a_thread_that_waits_for_the_gateway_is_called_back(run: Run, threads: str) -> None:
    gateway = run(APP, threads=threads, window="10000")
    stream = begin(gateway, "/write")
    received = 0
    while received < 10_000:
        received += len(gateway.expect(FrameType.DATA, stream).payload)
    interrupt(gateway, stream)
    gateway.expect(FrameType.INTERRUPT, stream)
    assert gateway.expect(FrameType.RST_STREAM, stream)
    assert gateway.get("/whole").body == b"whole"


@pytest.mark.parametrize("threads", ["1", "4"])
def test_no_other_request_is_struck_and_no_frame_is_lost(run: Run, threads: str) -> None:
    """Interruptions come when requests end anyway, and while their successors begin."""
    gateway = run(APP, threads=threads)
    chance = random.Random(5)
    struck = 0
    for _ in range(150):
        # The watcher hears of it within 5 ms, and has the interpreter after another 5.
        late = gateway.open(f"/short/{chance.uniform(0, 0.03):f}")
        others = [gateway.open("/whole") for _ in range(4)]
        time.sleep(chance.uniform(0, 0.006))
        interrupt(gateway, late)
        others += [gateway.open("/whole") for _ in range(4)]
        answer = gateway.answer(late)
        struck += answer.reset == CANCELLED
        assert answer.reset == CANCELLED or answer.body == b"short"
        for stream in others:
            assert gateway.answer(stream).body == b"whole"
    assert 0 < struck < 150


def test_a_request_that_has_ended_is_not_answered(run: Run) -> None:
    gateway = run(APP)
    assert gateway.get("/whole").body == b"whole"
    interrupt(gateway, 1)
    gateway.send(FrameType.PING, 0, 0, b"12345678")
    assert gateway.next_frame().type == FrameType.PING


def test_a_handler_of_the_application_is_left_alone(run: Run) -> None:
    gateway = run(APP + "\nsignal.signal(signal.SIGURG, lambda *_: None)\n")
    assert interrupted(gateway, "/spin").reset == CANCELLED


NO_CTYPES = """
import sys, threading
sys.modules["ctypes"] = None
sys.path.insert(0, {source!r})
from portico.worker import main
sys.path.pop(0)
main()
"""


def test_without_ctypes_only_the_main_thread_is_interrupted(run: Run, tmp_path: Path) -> None:
    source = str(Path(__file__).parents[1] / "src")
    (tmp_path / "main.py").write_text(NO_CTYPES.format(source=source))
    gateway = run(APP, threads="2", main=str(tmp_path / "main.py"))
    streams = [begin(gateway, "/sleep") for _ in range(2)]
    for stream in streams:
        interrupt(gateway, stream)
    frame = gateway.expect(FrameType.LOG, 0)
    assert frame.flags == LogLevel.DEBUG
    assert frame.payload == (
        b"The thread of GET /sleep cannot be interrupted: this Python has no ctypes"
    )
    assert gateway.expect(FrameType.RST_STREAM).stream_id in streams
    gateway.hang_up()


LEFT = """
import time
def app(environ, start_response):
    has_left = environ["portico.client_disconnected"]
    environ["wsgi.errors"].write(f"{has_left()}\\n")
    environ["wsgi.errors"].flush()
    while not has_left():
        time.sleep(0.001)
    start_response("200 OK", [])
    def items():
        yield b"goes"
        yield b" on"
    return items()
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_request_can_ask_whether_its_client_has_left_and_goes_on(run: Run, threads: str) -> None:
    gateway = run(LEFT, threads=threads)
    stream = gateway.open("/")
    assert gateway.expect(FrameType.LOG, stream).payload == b"False\n"
    gateway.tell_left(stream)
    assert gateway.answer(stream).body == b"goes on"


def test_a_cancelled_request_knows_too(run: Run) -> None:
    gateway = run(LEFT)
    stream = gateway.open("/")
    gateway.expect(FrameType.LOG, stream)
    gateway.cancel(stream)
    assert gateway.answer(stream).reset == CANCELLED


def test_a_request_whose_client_has_left_is_not_begun(run: Run) -> None:
    gateway = run(LEFT)
    first = gateway.open("/")
    gateway.expect(FrameType.LOG, first)
    second = gateway.open("/")
    gateway.tell_left(second)
    assert gateway.answer(second).reset == CANCELLED
    gateway.tell_left(first)
    assert gateway.answer(first).status == "200 OK"
    assert gateway.marked() == first
