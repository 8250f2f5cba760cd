"""A worker that is a thread of the gateway: Python compiled to WebAssembly, which has no threads,
sockets, processes or files shared by mapping of its own.

The thread's JavaScript (`engines/pyodide/thread-main.ts`) gives what stands in for them.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType as StackFrame
from typing import Any, Final, NoReturn, Protocol

from . import environ, worker
from .connection import MARKER_BYTES, Connection
from .interruption import take_interrupt_signal
from .missing_means import refuse_missing_means
from .users_code import show_prints_at_once

# What the gateway sets while a request runs, so that what it has sent is read: see `_look`.
LOOK_SIGNAL: Final = signal.SIGUSR1


class Host(Protocol):
    """What the thread's JavaScript does for its Python."""

    def receive(self, wait: bool) -> Any:
        """The next message as a `Uint8Array`; ``None`` where there is none and nobody waits."""

    def send(self, data: Any) -> None: ...
    def read_marker(self, at: int) -> int: ...
    def begin(self, stream: int) -> None: ...
    def show(self, directory: str) -> None: ...
    def exit(self, status: int) -> NoReturn: ...


class MessageSocket:
    """As much of a socket as `Connection` and `Outbox` ask of theirs."""

    def __init__(self, host: Host, to_js: Callable[[Any], Any]) -> None:
        self._host = host
        self._to_js = to_js
        # What was received and did not fit where it was wanted.
        self._rest = memoryview(b"")
        self._is_shut = False

    def setblocking(self, flag: bool) -> None:
        """It always blocks, unless told otherwise call by call."""

    def fileno(self) -> int:
        return -1

    def recv(self, size: int, flags: int = 0) -> bytes:
        if not self._fill(flags):
            return b""
        data = bytes(self._rest[:size])
        self._rest = self._rest[size:]
        return data

    def recv_into(self, room: memoryview, _size: int = 0, flags: int = 0) -> int:
        if not self._fill(flags):
            return 0
        count = min(len(room), len(self._rest))
        room[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def sendall(self, data: Any) -> None:
        self._host.send(self._to_js(data))

    def sendmsg(self, parts: list[bytes]) -> int:
        data = b"".join(parts)
        self.sendall(data)
        return len(data)

    def shutdown(self, _how: int) -> None:
        self._is_shut = True

    def close(self) -> None:
        self._is_shut = True

    def _fill(self, flags: int) -> bool:
        if self._rest:
            return True
        if self._is_shut:
            return False
        message = self._host.receive(flags == 0)
        if message is None:
            raise BlockingIOError
        self._rest = memoryview(message.to_bytes())
        return True


class SharedMarker:
    """The `Marker` of a thread: memory that the gateway sees, too."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def __getitem__(self, where: Any) -> Any:
        if isinstance(where, int):
            return self._host.read_marker(where)
        start, stop, _ = where.indices(MARKER_BYTES)
        return bytes(self._host.read_marker(at) for at in range(start, stop))

    def __setitem__(self, _where: slice, value: bytes) -> None:
        self._host.begin(int.from_bytes(value, "big"))


def main(host: Host, to_js: Callable[[Any], Any], executable: str) -> None:
    """Serve until the gateway says GOAWAY, or ends the thread."""
    # Of this interpreter, and not of the process that it shares with others.
    os._exit = host.exit  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    sys.executable = executable
    refuse_missing_means()
    _reseed()
    environ.show_directory = host.show
    socket: Any = MessageSocket(host, to_js)
    connection = Connection(socket, SharedMarker(host))
    connection.flushes_each = True
    while not connection.settings:
        connection.receive()
    connection.settings.setdefault("lint", "off")
    take_interrupt_signal(connection.running.values)
    signal.signal(LOOK_SIGNAL, _looking(connection))
    show_prints_at_once()
    linted = worker.linting(connection.settings["lint"])
    hooks = worker.open_hooks(connection)
    around = worker.Surroundings(linted, hooks)
    worker.serve(connection, around, lambda: worker.load(connection.settings))


def _reseed() -> None:
    """A snapshot of the memory was made once, and what it holds of chance is the same in all."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed()


def _looking(connection: Connection) -> Callable[[int, StackFrame | None], None]:
    """What stands in for the watcher: reads what has come, where that cannot disturb.

    While an application runs, this thread holds none of the locks that reading takes.
    """

    def look(_number: int, _frame: StackFrame | None) -> None:
        if any(stream.exposed for stream in connection.running.values()):
            connection.outbox.flush_if_free()
            connection.receive_if_free()

    return look
