"""Keeps a busy worker responsive: sends answers that wait, reads what the gateway says.

It sleeps while the worker is idle, so that it costs a request nothing.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from time import monotonic, sleep
from typing import Final

from .connection import Connection, leave
from .frames import LogLevel
from .import_watch import describe_import

# Half of the delay that an answer, a PING or a withdrawal may meet behind a slow request.
TICK_SECONDS: Final = 0.005

SLOW_IMPORT_SECONDS: Final = 5.0


class Watcher:
    """One thread beside those that run the application."""

    def __init__(self, connection: Connection, target: str) -> None:
        self._connection = connection
        self._target = target
        self._parked = False
        self._gate = allocate_lock()
        self._gate.acquire()
        connection.on_begin = self.unpark
        connection.on_goaway_while_loading = self._abandon_import

    def start(self) -> None:
        start_new_thread(self._run, ())

    def unpark(self) -> None:
        """Called under the begin lock."""
        if self._parked:
            self._parked = False
            self._gate.release()

    def watch_import(self) -> None:
        """Return when the application is loaded."""
        connection = self._connection
        warn_at = monotonic() + SLOW_IMPORT_SECONDS
        while not connection.loaded:
            self._tick()
            if monotonic() > warn_at:
                warn_at = float("inf")
                where, _ = describe_import()
                text = (
                    f"still importing {self._target} after {SLOW_IMPORT_SECONDS:g} s; "
                    f"it is at {where}"
                )
                connection.outbox.log(LogLevel.WARNING, text)

    def _run(self) -> None:
        connection = self._connection
        self.watch_import()
        while True:
            self._tick()
            with connection.begin_lock:
                self._parked = not connection.running
            if self._parked:
                self._gate.acquire()

    def _tick(self) -> None:
        sleep(TICK_SECONDS)
        self._connection.outbox.flush_if_free()
        self._connection.receive_if_free()

    def _abandon_import(self) -> None:
        where, advice = describe_import()
        self._connection.outbox.log(
            LogLevel.ERROR, f"gave up importing {self._target}; it is at {where}{advice}"
        )
        leave(4)
