"""The workers of a template: forks them as the gateway asks, and says how each has ended."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections import deque
from os import WNOHANG, fork, waitpid
from select import POLLIN, poll
from time import monotonic
from typing import Any, Final, NoReturn

from .connection import Connection, leave
from .frames import FrameFlag, FrameType, decode_pairs, encode_strings
from .worker import ignore_signal, path_text, set_signal_of_parents_death

# Workers end by themselves when the gateway has gone, unless native code keeps them from it.
GRACE_SECONDS: Final = 1.0


class Forks:
    """The workers of this process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._outbox = connection.outbox
        self._orders: deque[dict[str, str]] = deque()
        # The gateway's number of each, by process.
        self._workers: dict[int, str] = {}
        # Rung by signals, so that the end of a worker is no less an event than a frame.
        self._bell, self._ringer = os.pipe()

    def run(self) -> str:
        """Return in each worker, with the directory where it is awaited."""
        self._take_over()
        found = signal.getsignal(signal.SIGCHLD)
        for end in (self._bell, self._ringer):
            os.set_blocking(end, False)
        bell_before = signal.set_wakeup_fd(self._ringer, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, ignore_signal)
        directory = self._next_worker()
        signal.set_wakeup_fd(bell_before)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL if found is None else found)
        os.close(self._bell)
        os.close(self._ringer)
        return directory

    def _take_over(self) -> None:
        connection = self._connection
        connection.take(FrameType.FORK, self._on_fork)
        connection.take(FrameType.GOAWAY, self._end)
        connection.on_end = self._end
        self._outbox.outlive_gateway()
        # It has to outlive the gateway, to kill workers that cannot hear; the kernel lets each end.
        set_signal_of_parents_death(0)

    def _next_worker(self) -> str:
        connection = self._connection
        news = poll()
        for descriptor in (connection.fileno(), self._bell):
            news.register(descriptor, POLLIN)
        while True:
            self._outbox.flush()
            for descriptor, _ in news.poll():
                if descriptor == connection.fileno():
                    connection.receive()
            self._reap()
            while self._orders:
                order = self._orders.popleft()
                if self._is_worker(order["worker"]):
                    return path_text(order["directory"])

    def _on_fork(self, _flags: int, _number: int, payload: bytes) -> None:
        self._orders.append(decode_pairs(payload))

    def _is_worker(self, worker: str) -> bool:
        """Fork; true in the new process."""
        _flush(sys.stdout)
        _flush(sys.stderr)
        try:
            with warnings.catch_warnings():
                # Of threads; ours has been told of them.
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = fork()
        except OSError as error:
            self._say(FrameType.FORK, FrameFlag.ACK, worker=worker, error=str(error.strerror))
            return False
        if pid == 0:
            return True
        self._workers[pid] = worker
        self._say(FrameType.FORK, FrameFlag.ACK, worker=worker, pid=str(pid))
        return False

    def _reap(self) -> None:
        try:
            while os.read(self._bell, 64):
                pass
        except BlockingIOError:
            pass  # all rings are heard
        for pid, worker in list(self._workers.items()):
            try:
                ended, status = waitpid(pid, WNOHANG)
            except ChildProcessError:
                # A thread of the application's has waited for any child.
                del self._workers[pid]
                self._say(FrameType.EXITED, 0, worker=worker)
                continue
            if ended:
                del self._workers[pid]
                code = os.waitstatus_to_exitcode(status)
                how = {"status": str(code)} if code >= 0 else {"signal": str(-code)}
                self._say(FrameType.EXITED, 0, worker=worker, **how)

    def _say(self, kind: int, flags: int, **facts: str) -> None:
        payload = encode_strings([text for pair in facts.items() for text in pair])
        self._outbox.send_for_connection(kind, flags, payload)

    def _end(self, *_: Any) -> NoReturn:
        """The gateway is gone, or wants no more of this template."""
        deadline = monotonic() + GRACE_SECONDS
        news = poll()
        news.register(self._bell, POLLIN)
        while self._workers and (left := deadline - monotonic()) > 0:
            news.poll(left * 1000)
            self._reap()
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        leave()


def _flush(stream: Any) -> None:
    """What is in a buffer would be written by each worker again."""
    try:
        stream.flush()
    except (AttributeError, OSError, ValueError):
        return  # none, or closed: the application has done that
