"""The gateway's end of the socket, for tests that drive a real worker process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

from portico.frames import (
    ErrorCode,
    Frame,
    FrameDecoder,
    FrameFlag,
    FrameType,
    decode_pairs,
    decode_reason,
    decode_strings,
    encode_frame,
    encode_reason,
    encode_strings,
    pack_u32,
)

MAIN = Path(__file__).parents[1] / "src" / "portico" / "__main__.py"

# What a marker holds at first: no stream is begun, and any may be.
NOTHING_BEGUN = bytes(4) + b"\xff" * 4

# A wait that lasts this long is a failed test, not a slow one.
PATIENCE_SECONDS = 10.0

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REQUEST_URI": "/",
    "wsgi.url_scheme": "http",
}


class Answer(NamedTuple):
    """What came back on one stream."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    logs: list[tuple[int, str]]
    reset: tuple[int, str] | None

    @property
    def errors_text(self) -> str:
        return "".join(text for level, text in self.logs if level == 0)

    @property
    def log_text(self) -> str:
        return "\n".join(text for level, text in self.logs if level > 0)


def settings(target: str, directory: Path, **changes: str) -> dict[str, str]:
    return {
        "version": "1",
        "target": target,
        "directory": str(directory),
        "pythonpath": "",
        "threads": "1",
        "multiprocess": "0",
        "window": "65536",
        "software": "portico/test",
        **changes,
    }


def _start(command: list[str], theirs: int, marker: int) -> subprocess.Popen[bytes]:
    """Only descriptors 3 and 4 go along, as Node's spawn does it."""
    # Beyond the numbers that they are copied to, or one copy would close the other.
    high = [os.open(os.devnull, os.O_RDONLY) for _ in range(8)]
    sources = (os.dup(theirs), os.dup(marker))
    script = f'exec 3<&{sources[0]} 4<&{sources[1]} {sources[0]}<&- {sources[1]}<&-; exec "$@"'
    try:
        return subprocess.Popen(
            ["/bin/bash", "-c", script, "bash", sys.executable, *command], pass_fds=sources
        )
    finally:
        for descriptor in (*high, *sources):
            os.close(descriptor)


class Bridge:
    """The gateway's end of a worker's socket; frames are kept until a test asks for them."""

    def __init__(self, sock: socket.socket, pairs: dict[str, str]) -> None:
        self._socket = sock
        self._socket.settimeout(PATIENCE_SECONDS)
        self._decoder = FrameDecoder()
        self._frames: deque[Frame] = deque()
        self._next_stream = 1
        self.say(FrameType.SETTINGS, **pairs)

    def say(self, kind: int, **pairs: str) -> None:
        """Names and values, on stream 0."""
        self.send(kind, 0, 0, encode_strings([text for pair in pairs.items() for text in pair]))

    def hang_up(self) -> None:
        self._socket.close()

    def send(self, kind: int, flags: int, stream: int, payload: bytes = b"") -> None:
        self.send_bytes(encode_frame(Frame(kind, flags, stream, payload)))

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def open(self, path: str = "/", body: bytes | None = None, /, **environ: Any) -> int:
        """Send one request and return its stream."""
        stream = self._next_stream
        self.send_bytes(self.request(path, body, **environ))
        return stream

    def request(self, path: str = "/", body: bytes | None = None, /, **environ: Any) -> bytes:
        """The frames of one request, to be sent with others."""
        stream = self.next_stream()
        pairs = {**ENVIRON, "PATH_INFO": path, "REQUEST_URI": path, **environ}
        if body is not None:
            pairs = {**pairs, "CONTENT_LENGTH": str(len(body))}
        payload = encode_strings([text for pair in pairs.items() for text in pair])
        if not body:
            return encode_frame(Frame(FrameType.REQUEST, FrameFlag.END_STREAM, stream, payload))
        return encode_frame(Frame(FrameType.REQUEST, 0, stream, payload)) + encode_frame(
            Frame(FrameType.DATA, FrameFlag.END_STREAM, stream, body)
        )

    def next_stream(self) -> int:
        """The number of a stream that the caller opens."""
        stream = self._next_stream
        self._next_stream += 1
        return stream

    def cancel(self, stream: int) -> None:
        self.send(FrameType.RST_STREAM, 0, stream, encode_reason(ErrorCode.CANCEL, ""))

    def tell_left(self, stream: int) -> None:
        self.send(FrameType.RST_STREAM, 0, stream, encode_reason(ErrorCode.NO_ERROR, ""))

    def withdraw(self, stream: int) -> None:
        self.send(FrameType.RST_STREAM, 0, stream, encode_reason(ErrorCode.REFUSED_STREAM, ""))

    def allow(self, stream: int, size: int) -> None:
        self.send(FrameType.WINDOW_UPDATE, 0, stream, pack_u32(size))

    def next_frame(self) -> Frame:
        while not self._frames:
            data = self._socket.recv(1 << 20)
            if not data:
                raise EOFError("the worker is gone")
            self._frames.extend(Frame(*parts) for parts in self._decoder.decode(data))
        return self._frames.popleft()

    def expect(self, kind: int, stream: int | None = None) -> Frame:
        """The next frame of a kind; those before it stay for later."""
        passed: list[Frame] = []
        while True:
            frame = self.next_frame()
            if frame.type == kind and stream in (None, frame.stream_id):
                break
            passed.append(frame)
        self._frames.extendleft(reversed(passed))
        return frame

    def ready(self) -> dict[str, str]:
        """The worker's SETTINGS."""
        return decode_pairs(self.expect(FrameType.SETTINGS).payload)

    def answer(self, stream: int) -> Answer:
        """All of one stream, taking its bytes as they come."""
        status, headers, body = "", list[tuple[str, str]](), b""
        logs: list[tuple[int, str]] = []
        others: list[Frame] = []
        reset: tuple[int, str] | None = None
        while True:
            frame = self.next_frame()
            if frame.stream_id != stream:
                others.append(frame)
                continue
            if frame.type == FrameType.RESPONSE:
                status, *items = decode_strings(frame.payload)
                headers = list(zip(items[::2], items[1::2]))
            elif frame.type == FrameType.DATA:
                body += frame.payload
                if frame.payload and not frame.flags:
                    self.allow(stream, len(frame.payload))
            elif frame.type == FrameType.LOG:
                logs.append((frame.flags, frame.payload.decode()))
                continue
            elif frame.type == FrameType.RST_STREAM:
                reset = decode_reason(frame.payload)
            if reset or (frame.flags & FrameFlag.END_STREAM and frame.type != FrameType.LOG):
                self._frames.extendleft(reversed(others))
                return Answer(status, headers, body, logs, reset)

    def get(self, path: str = "/", body: bytes | None = None, /, **environ: Any) -> Answer:
        return self.answer(self.open(path, body, **environ))

    def is_over(self) -> bool:
        """Whether nothing comes any more; frames that do are lost."""
        while data := self._socket.recv(1 << 20):
            self._decoder.decode(data)
        return True

    def goaway(self) -> None:
        self.send(FrameType.GOAWAY, 0, 0, encode_reason(ErrorCode.NO_ERROR, ""))


class Gateway(Bridge):
    """One worker process, and its socket."""

    def __init__(self, target: str, directory: Path, **changes: str) -> None:
        command = [changes.pop("main", str(MAIN)), *changes.pop("arguments", "").split()]
        ours, theirs = socket.socketpair()
        self._marker = tempfile.TemporaryFile()
        self._marker.write(NOTHING_BEGUN)
        self._marker.flush()
        self.process = _start(command, theirs.fileno(), self._marker.fileno())
        theirs.close()
        super().__init__(ours, settings(target, directory, **changes))

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        try:
            self.process.wait(PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self._marker.close()

    def exit_status(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)

    def marked(self) -> int:
        """The stream that was begun last."""
        return int.from_bytes(os.pread(self._marker.fileno(), 4, 0), "big")

    def limit(self, number: int) -> None:
        """Let the worker begin no stream beyond this one."""
        os.pwrite(self._marker.fileno(), number.to_bytes(4, "big"), 4)


def seconds_since(start: float) -> float:
    return time.monotonic() - start
