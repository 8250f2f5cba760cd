"""Frames on their way to the gateway: those of a batch leave in one write."""

from __future__ import annotations

import socket
from _thread import allocate_lock
from collections.abc import Callable
from typing import Final

from .frames import FrameType, encode_reason, pack_header

# From this size on, bytes are not copied to what leaves with them.
GATHERED_BYTES: Final = 16 * 1024

# IOV_MAX of Linux.
MAX_GATHERED_PARTS: Final = 1024

# Answers of a batch wait for one another, but not beyond this many bytes.
MAX_WAITING_BYTES: Final = 64 * 1024


class Outbox:
    """Shared by all threads; whoever holds the send lock writes."""

    __slots__ = ("_lock", "_on_broken", "_socket", "parts")

    def __init__(self, sock: socket.socket, on_broken: Callable[[], object]) -> None:
        self._socket = sock
        self._on_broken = on_broken
        # Always the same list, so that who asks how much waits need not call anything.
        self.parts: list[bytes] = []
        self._lock = allocate_lock()

    def send(self, *parts: bytes) -> None:
        """Queue the parts of whole frames until the next flush."""
        # One `extend` keeps a frame in one piece although threads share the list.
        self.parts.extend(parts)

    def flush(self) -> None:
        """Hand all that is queued to the operating system."""
        if self.parts:
            with self._lock:
                self._write()

    def flush_if_free(self) -> None:
        """The same, unless another thread is at it."""
        if self.parts and self._lock.acquire(False):
            try:
                self._write()
            finally:
                self._lock.release()

    def log(self, level: int, text: str) -> None:
        """A line of the error log that belongs to no stream."""
        self.send_log(level, text)
        self.flush()

    def send_log(self, level: int, text: str) -> None:
        """The same, where whoever flushes next is soon enough."""
        self.send_for_connection(FrameType.LOG, level, text.encode("utf-8", "backslashreplace"))

    def outlive_gateway(self) -> None:
        """From here on a broken socket loses what is sent, and does not end the process."""
        self._on_broken = lambda: None

    def go_away(self, code: int, text: str) -> None:
        self.send_for_connection(FrameType.GOAWAY, 0, encode_reason(code, text))
        self.flush()

    def send_for_connection(self, kind: int, flags: int, payload: bytes) -> None:
        """Queue a frame of stream 0."""
        self.send(pack_header(len(payload), kind, flags, 0), payload)

    def _write(self) -> None:
        parts = self.parts[:]
        del self.parts[: len(parts)]
        if parts:
            try:
                self._send_all(parts)
            except OSError:
                self._on_broken()

    def _send_all(self, parts: list[bytes]) -> None:
        if len(parts[-1]) < GATHERED_BYTES or len(parts) > MAX_GATHERED_PARTS:
            self._socket.sendall(b"".join(parts))
            return
        sent = self._socket.sendmsg(parts)
        # A signal can end it early.
        if sent < sum(map(len, parts)):
            self._socket.sendall(memoryview(b"".join(parts))[sent:])
