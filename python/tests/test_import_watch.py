"""What the gateway learns about an import that does not end."""

from __future__ import annotations

import os
from pathlib import Path

from conftest import Run
from gateway import MAIN, Gateway
from portico.frames import FrameType, LogLevel
from test_connection import Gate

WAITS = """
import time
def connect(path):
    open(path, "w")
    time.sleep(60)
connect({!r})
"""

SERVES = """
import time
from wsgiref.simple_server import WSGIServer, WSGIRequestHandler
class Server(WSGIServer):
    def service_actions(self):
        time.sleep(open({!r}, "w").write("") or 60)
Server(("127.0.0.1", 0), WSGIRequestHandler).serve_forever()
"""


def begin(boot: Run, tmp_path: Path, source: str) -> Gateway:
    """Return once the import has come to its gate."""
    gate = Gate(tmp_path)
    gateway = boot(source.format(gate.path))
    os.close(os.open(gate.path, os.O_RDONLY))
    return gateway


def test_ping_is_answered_while_importing(boot: Run, tmp_path: Path) -> None:
    gateway = begin(boot, tmp_path, WAITS)
    gateway.send(FrameType.PING, 0, 0, b"12345678")
    assert gateway.next_frame().type == FrameType.PING


def test_goaway_while_importing_tells_the_line_and_ends_the_worker(
    boot: Run, tmp_path: Path
) -> None:
    gateway = begin(boot, tmp_path, WAITS)
    gateway.goaway()
    frame = gateway.expect(FrameType.LOG)
    assert frame.flags == LogLevel.ERROR
    text = frame.payload.decode()
    assert text.startswith(f"gave up importing app; it is at {tmp_path}/app.py, line ")
    assert text.endswith(", in connect")
    assert gateway.exit_status() == 4


def test_goaway_to_an_import_that_serves_gives_advice(boot: Run, tmp_path: Path) -> None:
    gateway = begin(boot, tmp_path, SERVES)
    gateway.goaway()
    text = gateway.expect(FrameType.LOG).payload.decode()
    assert f"{tmp_path}/app.py, line 6, in service_actions" in text
    assert text.endswith(
        ": it seems to start a server of its own when imported; "
        'put that under if __name__ == "__main__":'
    )
    assert gateway.exit_status() == 4


def test_a_slow_import_is_mentioned_once(boot: Run, tmp_path: Path) -> None:
    """The worker under test loses patience sooner than the five seconds of others."""
    main = tmp_path / "main.py"
    main.write_text(
        "import sys\n"
        f"sys.path[0] = {str(MAIN.parents[1])!r}\n"
        "from portico import watcher, worker\n"
        "watcher.SLOW_IMPORT_SECONDS = 0.125\n"
        "worker.main()\n"
    )
    gate = Gate(tmp_path)
    source = f"open({gate.path!r}).read()\ndef app(environ, start_response): pass\n"
    gateway = boot(source, main=str(main))
    frame = gateway.next_frame()
    assert (frame.type, frame.flags, frame.stream_id) == (FrameType.LOG, LogLevel.WARNING, 0)
    where = f"it is at {tmp_path}/app.py, line 1, in <module>"
    assert frame.payload.decode() == f"still importing app after 0.125 s; {where}"
    gate.open()
    assert gateway.next_frame().type == FrameType.SETTINGS
