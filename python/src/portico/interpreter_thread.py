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
from .event_loop import give_event_loop
from .frames import pack_u32
from .given_means import MeansHost, give_means
from .interruption import take_interrupt_signal
from .missing_means import refuse_missing_means
from .users_code import show_prints_at_once

# What the gateway sets while a request runs, so that what it has sent is read: see `_look`.
LOOK_SIGNAL: Final = signal.SIGUSR1


# Of each of the two rooms, which JavaScript sees as they are: calls with numbers alone cross far
# quicker than those with bytes. A frame of the largest DATA fits in.
ROOM_BYTES: Final = 512 * 1024


class Host(MeansHost, Protocol):
    """What the thread's JavaScript does for its Python."""

    def share(self, incoming: bytearray, outgoing: bytearray) -> None:
        """Before all else: where bytes are given and taken."""

    def receive(self, wait: bool, size: int) -> int:
        """How many bytes have come in, 0 at the end; -1 where there are none and nobody waits."""
        ...

    def send(self, size: int) -> None: ...

    def begin(self, stream: int) -> int:
        """The last stream that may be begun, looked up after this one is said to be."""
        ...

    def show(self, directory: str) -> None: ...
    def exit(self, status: int) -> NoReturn: ...


class MessageSocket:
    """As much of a socket as `Connection` and `Outbox` ask of theirs."""

    def __init__(self, host: Host) -> None:
        incoming, outgoing = bytearray(ROOM_BYTES), bytearray(ROOM_BYTES)
        host.share(incoming, outgoing)
        # Looked up once: JavaScript makes a new function of each look.
        self._receive = host.receive
        self._send = host.send
        self._incoming = memoryview(incoming)
        self._outgoing = memoryview(outgoing)
        self._is_shut = False

    def setblocking(self, flag: bool) -> None:
        """It always blocks, unless told otherwise call by call."""

    def fileno(self) -> int:
        return -1

    def recv(self, size: int, flags: int = 0) -> bytes:
        return bytes(self._come(size, flags))

    def recv_into(self, room: memoryview, _size: int = 0, flags: int = 0) -> int:
        come = self._come(len(room), flags)
        room[: len(come)] = come
        return len(come)

    def sendall(self, data: Any) -> None:
        left = memoryview(data)
        while left:
            count = min(len(left), ROOM_BYTES)
            self._outgoing[:count] = left[:count]
            self._send(count)
            left = left[count:]

    def sendmsg(self, parts: list[bytes]) -> int:
        data = b"".join(parts)
        self.sendall(data)
        return len(data)

    def shutdown(self, _how: int) -> None:
        self._is_shut = True

    def close(self) -> None:
        self._is_shut = True

    def _come(self, size: int, flags: int) -> memoryview:
        count = 0 if self._is_shut else self._receive(flags == 0, min(size, ROOM_BYTES))
        if count < 0:
            raise BlockingIOError
        return self._incoming[:count]


class SharedMarker:
    """The `Marker` of a thread: memory that the gateway sees, too."""

    def __init__(self, host: Host) -> None:
        self._begin = host.begin
        self._bytes: Any = bytes(MARKER_BYTES)

    def __getitem__(self, where: Any) -> Any:
        return self._bytes[where]

    def __setitem__(self, _where: slice, value: bytes) -> None:
        self._bytes = value + pack_u32(self._begin(int.from_bytes(value, "big")))


def main(host: Host, executable: str) -> None:
    """Serve until the gateway says GOAWAY, or ends the thread."""
    # Of this interpreter, and not of the process that it shares with others.
    os._exit = host.exit  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    sys.executable = executable
    refuse_missing_means()
    give_means(host)
    give_event_loop(host)
    _reseed()
    environ.show_directory = host.show
    socket: Any = MessageSocket(host)
    connection = Connection(socket, SharedMarker(host))
    connection.is_alone = True
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
            try:
                connection.receive_if_free()
            finally:
                # What waited, and what was just asked for: this may be the last look for long.
                connection.outbox.flush_if_free()

    return look
