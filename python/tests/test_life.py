"""How a worker starts, drains and ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from conftest import Run
from gateway import MAIN, seconds_since
from portico.frames import ErrorCode, FrameType, decode_reason
from test_connection import GATED, Gate, wait_in

TEARDOWN = """
import atexit, os, sys
atexit.register(lambda: open("ended", "w").close())
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
"""


def test_settings_say_what_runs(run: Run, boot: Run) -> None:
    gateway = boot(GATED, threads="3")
    told = gateway.ready()
    assert told["version"] == "1"
    assert told["pid"] == str(gateway.process.pid)
    assert told["python"] == ".".join(map(str, sys.version_info[:3]))
    assert told["implementation"] == "CPython"
    assert Path(told["executable"]).exists()
    assert (told["threads"], told["target"]) == ("3", "app:app")


def test_end_of_file_ends_an_idle_worker(run: Run) -> None:
    gateway = run(GATED)
    gateway.get("/")
    start = time.monotonic()
    gateway.hang_up()
    gateway.exit_status()
    assert seconds_since(start) < 1


def test_end_of_file_ends_a_sleeping_application(run: Run, tmp_path: Path) -> None:
    gateway = run(GATED)
    wait_in(gateway, Gate(tmp_path))
    start = time.monotonic()
    gateway.hang_up()
    gateway.exit_status()
    assert seconds_since(start) < 1


def test_end_of_file_ends_an_endless_loop(run: Run) -> None:
    gateway = run(GATED)
    gateway.expect(FrameType.LOG, gateway.open("/spin"))
    start = time.monotonic()
    gateway.hang_up()
    gateway.exit_status()
    assert seconds_since(start) < 1


def test_end_of_file_ends_an_import(boot: Run, tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gateway = boot(f"open({gate.path!r}, 'w'); import time; time.sleep(60)")
    os.close(os.open(gate.path, os.O_RDONLY))
    start = time.monotonic()
    gateway.hang_up()
    gateway.exit_status()
    assert seconds_since(start) < 1


@pytest.mark.parametrize("threads", ["1", "3"])
def test_goaway_ends_an_idle_worker_with_its_exit_handlers(
    run: Run, tmp_path: Path, threads: str
) -> None:
    gateway = run(TEARDOWN, threads=threads)
    gateway.get("/")
    gateway.goaway()
    assert gateway.exit_status() == 0
    assert (tmp_path / "ended").exists()


@pytest.mark.parametrize("threads", ["1", "3"])
def test_goaway_lets_open_streams_finish(run: Run, tmp_path: Path, threads: str) -> None:
    gateway, gate = run(GATED, threads=threads), Gate(tmp_path)
    running = wait_in(gateway, gate)
    behind = gateway.open("/behind")
    gateway.goaway()
    gate.open()
    assert gateway.answer(running).body == b"/wait"
    assert gateway.answer(behind).body == b"/behind"
    assert gateway.exit_status() == 0


@pytest.mark.parametrize("threads", ["1", "3"])
def test_sigterm_is_like_goaway_and_refuses_what_comes_after(
    run: Run, tmp_path: Path, threads: str
) -> None:
    gateway, gate = run(GATED, threads=threads), Gate(tmp_path)
    running = wait_in(gateway, gate)
    gateway.process.send_signal(signal.SIGTERM)
    # A system call restarts after the handler, so the gate still holds the application.
    assert decode_reason(gateway.expect(FrameType.GOAWAY).payload) == (0, "SIGTERM")
    late = gateway.open("/late")
    assert gateway.answer(late).reset == (ErrorCode.REFUSED_STREAM, "")
    gate.open()
    assert gateway.answer(running).body == b"/wait"
    assert gateway.exit_status() == 0


@pytest.mark.parametrize("threads", ["1", "3"])
def test_sigterm_ends_an_idle_worker(run: Run, threads: str) -> None:
    gateway = run(GATED, threads=threads)
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.exit_status() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_signals_of_a_terminal_change_nothing(
    run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    gateway, gate = run(GATED), Gate(tmp_path)
    running = wait_in(gateway, gate)
    gateway.process.send_signal(number)
    gateway.send(FrameType.PING, 0, 0, b"12345678")
    gateway.expect(FrameType.PING)
    gate.open()
    assert gateway.answer(running).body == b"/wait"


def test_subprocesses_get_neither_socket_nor_marker_nor_deafness(run: Run, tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(
        textwrap.dedent(
            """
            import os, signal
            print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            for descriptor in (3, 4):
                try:
                    os.fstat(descriptor)
                except OSError:
                    print("closed")
            """
        )
    )
    gateway = run(
        """
        import subprocess, sys
        def app(environ, start_response):
            start_response("200 OK", [])
            command = [sys.executable, "child.py"]
            return [subprocess.run(command, capture_output=True, close_fds=False).stdout]
        """
    )
    assert gateway.get("/").body == b"True\nclosed\nclosed\n"


def test_a_forked_child_does_not_keep_the_connection_open(run: Run) -> None:
    gateway = run(
        """
        import os, time
        def app(environ, start_response):
            start_response("200 OK", [])
            child = os.fork()
            if not child:
                time.sleep(30)
                os._exit(0)
            return [str(child).encode()]
        """
    )
    child = int(gateway.get("/").body)
    gateway.process.kill()
    with pytest.raises(EOFError):
        gateway.next_frame()
    os.kill(child, signal.SIGKILL)


def test_a_forked_child_that_comes_back_answers_nothing(run: Run) -> None:
    gateway = run(
        """
        import os
        def app(environ, start_response):
            start_response("200 OK", [])
            if environ["PATH_INFO"] == "/fork":
                child = os.fork()
                if not child:
                    raise SystemExit
                status = os.waitpid(child, 0)[1]
                return [str(status).encode()]
            return [b"%d" % os.getpid()]
        """
    )
    gateway.send_bytes(gateway.request("/fork") + gateway.request("/pid"))
    first, second = gateway.answer(1), gateway.answer(2)
    assert (first.body, first.logs) == (b"0", [])
    assert second.body == b"%d" % gateway.process.pid


def test_the_environment_of_imports_is_the_applications(run: Run, tmp_path: Path) -> None:
    (tmp_path / "frames.py").write_text("mine = True")
    (tmp_path / "portico.py").write_text("mine = True")
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "far.py").write_text("mine = True")
    gateway = run(
        """
        import frames, portico, far, sys
        assert frames.mine and portico.mine and far.mine
        def app(environ, start_response):
            start_response("200 OK", [])
            return ["\\n".join([*sys.argv, *sys.path]).encode()]
        """,
        pythonpath=str(tmp_path / "extra"),
    )
    lines = gateway.get("/").body.decode().split("\n")
    assert lines[:4] == ["portico", "app", str(tmp_path), str(tmp_path / "extra")]
    assert not [line for line in lines if line.startswith(str(MAIN.parents[1]))]


@pytest.mark.parametrize("version", ["2.7.18", "3.6.15", "3.8.18"])
def test_an_old_python_is_told_apart_in_one_line(version: str) -> None:
    python = Path(f"~/.pyenv/versions/{version}/bin/python").expanduser()
    if not python.exists():
        pytest.skip(f"Python {version} is not here")
    done = subprocess.run([str(python), str(MAIN)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"portico: Python 3.9 or later is needed; {python} is {version}\n"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone can do this")
def test_a_worker_dies_with_its_parent_even_in_native_code(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        textwrap.dedent(
            """
            import ctypes
            def app(environ, start_response):
                environ["wsgi.errors"].write("waiting\\n")
                environ["wsgi.errors"].flush()
                ctypes.PyDLL(None).sleep(60)  # holds the interpreter's lock all the while
            """
        )
    )
    paths = [str(Path(__file__).parent), str(MAIN.parents[1])]
    parent = f"""
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from gateway import Gateway
gateway = Gateway("app", Path({str(tmp_path)!r}))
gateway.ready()
gateway.expect(9, gateway.open("/"))
print(gateway.process.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        worker = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
        assert select.select([worker], [], [], 2)[0] == [worker]
        os.close(worker)
