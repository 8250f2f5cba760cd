"""The socket to the gateway: reads frames and keeps the streams.

Any thread may be the one that reads; whoever holds the read lock is it.
"""

from __future__ import annotations

import os
import socket
from _thread import LockType, allocate_lock
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final, NoReturn, Protocol, overload

from .errors import FrameError
from .frames import (
    ErrorCode,
    FrameDecoder,
    FrameFlag,
    FrameType,
    LogLevel,
    decode_pairs,
    decode_reason,
    decode_u32,
    pack_header,
    pack_u32,
)
from .outbox import Outbox
from .stream_queue import StreamQueue
from .streams import News, Stream
from .thread_stacks import describe_stacks

# Under glibc's threshold for mmap: a larger buffer would be mapped and unmapped at every read.
RECEIVE_BYTES: Final = 64 * 1024

# Parts of a batch's first answers, two each: made quickly, they leave before the rest is made, so
# that the gateway is at work too. The next to leave are twice as many, so that a large batch leaves
# in few writes. Of slower answers the whole batch leaves at once, or what there is at the watcher's
# next tick: each write wakes the gateway, which takes the processor's time.
FIRST_PARTS: Final = 8
QUICK_SECONDS: Final = 0.0001
MANY_PARTS: Final = 1 << 30

# How long a thread that waits for the gateway leaves the reading to another.
HANDOVER_SECONDS: Final = 0.005

_REQUEST: Final = FrameType.REQUEST
_END_STREAM: Final = FrameFlag.END_STREAM
_COMMON: Final = FrameFlag.COMMON


# The mapped file: the stream begun last, then the last that may be begun; u32 each.
MARKER_BYTES: Final = 8
# The first byte of no limit; streams' numbers never come so far.
_NO_LIMIT: Final = 0xFF


class Marker(Protocol):
    """The mapped file in which worker and gateway see what the other has written at once."""

    @overload
    def __getitem__(self, where: int, /) -> int: ...

    @overload
    def __getitem__(self, where: slice, /) -> bytes: ...

    def __setitem__(self, where: slice, value: bytes, /) -> None: ...


def leave(status: int = 0) -> NoReturn:
    """End the process without waiting for anything: nobody is left to answer."""
    os._exit(status)


class Connection:
    """All streams of one worker."""

    def __init__(self, sock: socket.socket, marker: Marker) -> None:
        self._socket = sock
        self._marker = marker
        self._decoder = FrameDecoder()
        self._last_opened = 0
        self._last_begun = 0
        self._queue = StreamQueue()
        self._ready = self._queue.ready
        self._draining = False
        self.window = 0
        self.outbox = Outbox(sock, leave)
        self._outgoing = self.outbox.parts
        self._enough = FIRST_PARTS
        self._begun_at = 0.0
        # Where the thread that runs requests is the only one, nobody else sends what waits behind a
        # slow request, or reads.
        self.is_alone = False
        self.running: dict[int, Stream] = {}
        self.settings: dict[str, str] = {}
        self.loaded = False
        # What all requests begin with, and what those do that stand on an ENVIRON, by its number.
        self.base: dict[str, Any] = {}
        self._commons: dict[int, dict[str, Any]] = {}
        self.read_lock: LockType = allocate_lock()
        self.begin_lock: LockType = allocate_lock()
        self.on_begin: Callable[[], None] = lambda: None
        self.on_end: Callable[[], NoReturn] = leave
        self.on_goaway_while_loading: Callable[[], None] = leave
        self._handlers: dict[int, Callable[[int, int, bytes], None]] = {
            FrameType.SETTINGS: self._on_settings,
            FrameType.DATA: self._on_data,
            FrameType.WINDOW_UPDATE: self._on_window_update,
            FrameType.RST_STREAM: self._on_rst_stream,
            FrameType.PING: self._on_ping,
            FrameType.GOAWAY: self._on_goaway,
            FrameType.FILE: self._on_file,
            FrameType.INTERRUPT: self._on_interrupt,
            FrameType.ENVIRON: self._on_environ,
        }

    def fileno(self) -> int:
        return self._socket.fileno()

    def take(self, kind: int, handler: Callable[[int, int, bytes], None]) -> None:
        """Give frames of a kind, which is no worker's or is taken otherwise, to `handler`."""
        self._handlers[kind] = handler

    def next_stream(self) -> Stream | None:
        """Begin the next request, waiting for one; ``None`` when no more will come."""
        if self.is_alone:
            self.outbox.flush()
        elif len(self._outgoing) >= self._enough:
            self._flush_first()
        while True:
            with self.begin_lock:
                while self._ready:
                    stream = self._begin()
                    if stream is not None:
                        return stream
            self.outbox.flush()
            with self.read_lock:
                if self._ready:
                    continue
                if self._is_drained():
                    return None
                self.receive()
                self._enough = FIRST_PARTS
                self._begun_at = perf_counter()

    def _flush_first(self) -> None:
        if perf_counter() - self._begun_at < QUICK_SECONDS:
            self._enough *= 2
            self.outbox.flush()
        else:
            self._enough = MANY_PARTS

    def finish(self, stream: Stream) -> None:
        """The request's thread is done with it, ``close()`` included."""
        if self.running.pop(stream.number, None) is None:
            leave()  # a forked child came back from the application: the answer is its parent's
        if self._draining:
            self._stop_if_drained()

    def wait(self, stream: Stream, before: News) -> None:
        """Return once the stream's news differ from `before`, reading if nobody else does."""
        if stream.changed is None:
            stream.changed = allocate_lock()
            stream.changed.acquire()
        while stream.news() == before:
            self.outbox.flush()
            # A thread that could begin what is ready may be waiting for the lock: it comes first.
            if self._may_read() and self.read_lock.acquire(False):
                try:
                    if stream.news() == before and self._may_read():
                        self.receive()
                finally:
                    self.read_lock.release()
            else:
                stream.changed.acquire(timeout=HANDOVER_SECONDS)

    def _may_read(self) -> bool:
        return self.is_alone or not self._ready

    def abandon(self) -> None:
        """In a forked child: else the gateway could not see this process end."""
        self._socket.close()
        self.running.clear()

    def drain(self) -> None:
        """Take no more streams and let the process end after the open ones."""
        if not self.loaded:
            leave()
        self._draining = True
        self.outbox.go_away(ErrorCode.NO_ERROR, "SIGTERM")
        self._stop_if_drained()

    def receive(self, flags: int = 0) -> None:
        """Read what there is, under the read lock; wait for it unless told ``MSG_DONTWAIT``."""
        large = self._decoder.large
        try:
            if large is None:
                data = self._socket.recv(RECEIVE_BYTES, flags)
            else:
                data = large.receive(self._socket, flags)
        except ConnectionError:
            data = b""
        if not data:
            if self._is_drained():
                return
            self.on_end()
        try:
            frames = (
                self._decoder.take_large() if isinstance(data, int) else self._decoder.decode(data)
            )
            for kind, frame_flags, number, payload in frames:
                if kind == _REQUEST:
                    self._on_request(frame_flags, number, payload)
                else:
                    self._handle(kind, frame_flags, number, payload)
        except FrameError as error:
            self.outbox.go_away(ErrorCode.PROTOCOL_ERROR, str(error))
            leave(1)

    def receive_if_free(self) -> None:
        """Read what there is already, unless another thread reads."""
        if self.read_lock.acquire(False):
            try:
                self.receive(socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            finally:
                self.read_lock.release()

    def _begin(self) -> Stream | None:
        """The next stream; ``None`` if the gateway has taken it back meanwhile."""
        stream = self._ready[0]
        number = stream.number
        # First listed as running, then taken: a drain must not see it nowhere.
        self.running[number] = stream
        marker = self._marker
        marker[0:4] = pack_u32(number)
        # Looked at after `begun` is written: who writes a limit and then reads `begun` knows all.
        if marker[4] != _NO_LIMIT and number > decode_u32(marker[4:8]):
            marker[0:4] = pack_u32(self._last_begun)
            del self.running[number]
            self._ready.popleft()
            stream.reset(ErrorCode.REFUSED_STREAM)
            return None
        self._last_begun = number
        self._ready.popleft()
        self.on_begin()
        return stream

    def _is_drained(self) -> bool:
        return self._draining and not self.running and not self._queue

    def _stop_if_drained(self) -> None:
        if self._is_drained():
            # Wakes the thread that waits in recv().
            self._socket.shutdown(socket.SHUT_RD)

    def _handle(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        handler = self._handlers.get(kind)
        if handler is None:
            raise FrameError(f"frame type {kind} is unknown here")
        if number > self._last_opened:
            raise FrameError(f"frame type {kind} for stream {number}, which was never opened")
        handler(flags, number, payload)

    def _on_settings(self, _flags: int, _number: int, payload: bytes) -> None:
        self.settings = decode_pairs(payload)
        self.window = int(self.settings["window"])

    def _on_request(self, flags: int, number: int, payload: bytes) -> None:
        if number <= self._last_opened:
            raise FrameError(f"REQUEST for stream {number} after stream {self._last_opened}")
        self._last_opened = number
        common = self.base
        if flags & _COMMON:
            # Taken now: the number may be another's when the stream begins.
            common = self._common(payload)
            payload = payload[4:]
        stream = Stream(self, number, flags, payload, common)
        if self._draining:
            stream.reset(ErrorCode.REFUSED_STREAM)
        else:
            self._queue.add(stream, whole=bool(flags & _END_STREAM))

    def _on_environ(self, _flags: int, _number: int, payload: bytes) -> None:
        self._commons[decode_u32(payload[:4])] = {**self.base, **decode_pairs(payload[4:])}

    def _common(self, payload: bytes) -> dict[str, Any]:
        common = self._commons.get(decode_u32(payload[:4]))
        if common is None:
            raise FrameError("REQUEST on an ENVIRON that never came")
        return common

    def _on_data(self, flags: int, number: int, payload: bytes) -> None:
        self._queue.add_body(number, payload, last=bool(flags & _END_STREAM))

    def _on_window_update(self, _flags: int, number: int, payload: bytes) -> None:
        stream = self.running.get(number)
        if stream is not None:
            stream.allowed += decode_u32(payload)
            stream.wake()

    def _on_rst_stream(self, _flags: int, number: int, payload: bytes) -> None:
        code, _ = decode_reason(payload)
        with self.begin_lock:
            unbegun = self._queue.remove(number)
        running = self.running.get(number)
        if unbegun is not None:
            is_refused = code == ErrorCode.REFUSED_STREAM
            unbegun.reset(ErrorCode.REFUSED_STREAM if is_refused else ErrorCode.CANCEL)
            self._stop_if_drained()
        elif running is not None and code == ErrorCode.NO_ERROR:
            running.left = True
        elif running is not None and code != ErrorCode.REFUSED_STREAM:
            running.cancel()

    def _on_ping(self, flags: int, _number: int, payload: bytes) -> None:
        if not flags & FrameFlag.ACK:
            self.outbox.send_for_connection(FrameType.PING, FrameFlag.ACK, payload)

    def _on_goaway(self, _flags: int, _number: int, _payload: bytes) -> None:
        if not self.loaded:
            self.on_goaway_while_loading()
        self._draining = True
        self._stop_if_drained()

    def _on_file(self, flags: int, number: int, payload: bytes) -> None:
        stream = self.running.get(number)
        if stream is not None and flags & FrameFlag.ACK:
            stream.file_answer = payload
            stream.wake()

    def _on_interrupt(self, _flags: int, number: int, payload: bytes) -> None:
        stream = self.running.get(number)
        if stream is None:
            return
        stacks = "\0".join(describe_stacks(stream.thread)).encode("utf-8", "backslashreplace")
        header = pack_header(len(stacks), FrameType.INTERRUPT, FrameFlag.ACK, number)
        self.outbox.send(header, stacks)
        obstacle = stream.interrupt(payload.decode("utf-8", "replace"))
        if obstacle is not None:
            text = f"The thread of {stream.request_line} cannot be interrupted: {obstacle}"
            self.outbox.send_log(LogLevel.DEBUG, text)
