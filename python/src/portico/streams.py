"""One stream: a request as it crossed, and what may still be sent in answer to it."""

from __future__ import annotations

from _thread import LockType, get_ident
from collections.abc import Callable
from typing import Any, Final, Optional, Protocol

from .errors import ClientDisconnected
from .frames import FrameFlag, FrameType, LogLevel, decode_pairs, encode_reason, pack_header
from .interruption import Interruption
from .outbox import MAX_WAITING_BYTES, Outbox

# A larger DATA frame would make the gateway hold more than it can pass on at once.
MAX_DATA_BYTES: Final = 256 * 1024

# An error log line beyond this is cut: the text of an exception may be megabytes.
MAX_LOG_BYTES: Final = 64 * 1024
MAX_REASON_CHARACTERS: Final = 1000

_RESPONSE: Final = FrameType.RESPONSE
_DATA: Final = FrameType.DATA
_END_STREAM: Final = FrameFlag.END_STREAM
_INFORMATIONAL: Final = FrameFlag.INFORMATIONAL


# All that the reader changes of a stream: what is allowed, whether it is cancelled, FILE's answer.
News = tuple[int, bool, Optional[bytes]]


class Carrier(Protocol):
    """What a stream needs of the connection that it lives on."""

    outbox: Outbox
    window: int

    def wait(self, stream: Stream, before: News) -> None: ...


class Stream:
    """The request is whole before a thread begins it; that thread alone sends."""

    __slots__ = (
        "_carrier",
        "_outbox",
        "_sent",
        "allowed",
        "body",
        "cancelled",
        "changed",
        "common",
        "ended",
        "exposed",
        "file_answer",
        "flags",
        "interruption",
        "left",
        "number",
        "payload",
        "thread",
    )

    def __init__(
        self, carrier: Carrier, number: int, flags: int, payload: bytes, common: dict[str, Any]
    ) -> None:
        self._carrier = carrier
        self._outbox = carrier.outbox
        self.number = number
        self.flags = flags
        self.payload = payload
        # What the environ begins with, shared: its strings, and the values that are Python's.
        self.common = common
        self.body: list[bytes] = []
        # The reader alone adds to `allowed` and the sender alone to `_sent`, so neither locks.
        self.allowed = carrier.window
        self._sent = 0
        self.cancelled = False
        # Whether the client has closed its side, or nobody waits any more.
        self.left = False
        self.ended = False
        self.thread = 0
        # Whether an exception may be raised in the thread now; see interruption.py.
        self.exposed = False
        self.interruption: Interruption | None = None
        self.file_answer: bytes | None = None
        # Held while the sender waits; the reader releases it when anything above has changed.
        self.changed: LockType | None = None

    def begin(self) -> None:
        """The thread that calls this may be interrupted from here on, until it calls `settle`."""
        self.thread = get_ident()
        self.exposed = True

    def settle(self) -> None:
        self.exposed = False
        if self.interruption is not None:
            self.interruption.settle()

    def interrupt(self, reason: str) -> str | None:
        """Raise `RequestTimeout` in the thread; says what keeps that from being done, if any."""
        if self.interruption is not None:
            return None
        obstacle = Interruption(self.thread, reason).begin(self)
        self.cancel()
        return obstacle

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self.left = True
        self.cancelled = True
        self.wake()

    def client_disconnected(self) -> bool:
        """The `portico.client_disconnected` of the environ."""
        return self.left

    def send_whole(self, head: bytes, data: bytes) -> bool:
        """Send a whole answer at once, if one frame and the window can take it."""
        size = len(data)
        if size > self.allowed or size > MAX_DATA_BYTES or not size:
            return False
        number = self.number
        self.ended = True
        self._outbox.send(
            pack_header(len(head), _RESPONSE, 0, number) + head,
            pack_header(size, _DATA, _END_STREAM, number) + data,
        )
        if size > MAX_WAITING_BYTES:
            self.flush()
        return True

    def send_head(self, head: bytes, *, last: bool) -> None:
        self.ended = last
        self._outbox.send(pack_header(len(head), _RESPONSE, last, self.number), head)

    def send_early_hints(self, head: bytes) -> None:
        """Send a response that the final one follows."""
        self._outbox.send(pack_header(len(head), _RESPONSE, _INFORMATIONAL, self.number), head)

    def send_data(self, data: bytes, *, last: bool) -> None:
        """Send body bytes, waiting for the gateway to take more where the window is full."""
        view, size, done = memoryview(data), len(data), 0
        while True:
            # Taken before it is looked at: news that come in between must end the wait.
            seen = self.news()
            if self.cancelled:
                raise ClientDisconnected("the client has gone")
            room = seen[0] - self._sent
            piece = min(size - done, room, MAX_DATA_BYTES)
            if piece <= 0 and done < size:
                self._wait(seen)
                continue
            self._sent += piece
            ends = last and done + piece == size
            self.ended = ends
            header = pack_header(piece, _DATA, ends, self.number)
            self._outbox.send(header, data if piece == size else bytes(view[done : done + piece]))
            done += piece
            if done < size or piece > MAX_WAITING_BYTES:
                self.flush()
            if done == size:
                return

    def offer_file(self, description: bytes) -> bool:
        """Ask the gateway to send an open file itself; true once it says it will."""
        self._outbox.send(
            pack_header(len(description), FrameType.FILE, 0, self.number), description
        )
        while True:
            seen = self.news()
            if self.file_answer is not None:
                break
            if self.cancelled:
                raise ClientDisconnected("the client has gone")
            self._wait(seen)
        self.ended = self.file_answer == b"1"
        return self.ended

    def end(self) -> None:
        self.ended = True
        self._outbox.send(pack_header(0, _DATA, _END_STREAM, self.number))

    def reset(self, code: int, text: str = "") -> None:
        self.ended = True
        payload = encode_reason(code, text[:MAX_REASON_CHARACTERS])
        self._outbox.send(pack_header(len(payload), FrameType.RST_STREAM, 0, self.number), payload)

    @property
    def request_line(self) -> str:
        """Method and target, as the log names a request."""
        request = {**self.common, **decode_pairs(self.payload)}
        return f"{request.get('REQUEST_METHOD', '?')} {request.get('REQUEST_URI', '?')}"

    def log(self, level: int, text: str) -> None:
        payload = text.encode("utf-8", "backslashreplace")
        if level == LogLevel.TEXT:
            pieces = [
                payload[start : start + MAX_LOG_BYTES]
                for start in range(0, len(payload), MAX_LOG_BYTES)
            ]
        else:
            pieces = [
                payload if len(payload) <= MAX_LOG_BYTES else payload[:MAX_LOG_BYTES] + b"..."
            ]
        for piece in pieces:
            self._outbox.send(pack_header(len(piece), FrameType.LOG, level, self.number), piece)

    def flush(self) -> None:
        self._undisturbed(self._outbox.flush)

    def _wait(self, before: News) -> None:
        self._undisturbed(lambda: self._carrier.wait(self, before))

    def _undisturbed(self, act: Callable[[], None]) -> None:
        """What all streams share must not be left half done by an interruption of one."""
        if not self.exposed:
            act()
            return
        self.exposed = False
        try:
            # Looked at after it is exposed no more: who interrupts does these in the other order.
            if self.interruption is None:
                act()
        finally:
            self.exposed = True
            if self.interruption is not None:
                self.interruption.raise_once()

    def news(self) -> News:
        """All that the reader changes; a sender waits until this is different."""
        return self.allowed, self.cancelled, self.file_answer

    def wake(self) -> None:
        """The reader has changed something."""
        changed = self.changed
        if changed is not None and changed.locked():
            changed.release()
