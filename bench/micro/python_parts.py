"""What a request costs a worker, part by part; mirrors kit.ts.

Prints JSON: nanoseconds of the reference and of each part. Its arguments are rounds and the
milliseconds of a turn; without them it only verifies what each part comes to.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from time import perf_counter_ns
from typing import Any, NamedTuple

from portico.answer import answer
from portico.connection import Connection
from portico.environ import make_base, make_environ
from portico.frames import (
    Frame,
    FrameDecoder,
    FrameFlag,
    FrameType,
    encode_frame,
    encode_strings,
    pack_header,
    pack_u32,
)
from portico.head import encode_head
from portico.streams import Stream

# As many as the benchmark's load keeps on their way.
BATCH = 20

SETTINGS = {"software": "portico", "threads": "1", "multiprocess": "1", "window": "1048576"}
LINE = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": ""}
FACTS = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1"}
PEER = {"REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "50000", "wsgi.url_scheme": "http"}
BARE = {**LINE, "REQUEST_URI": "/", "RAW_URI": "/", **FACTS, **PEER, "HTTP_HOST": "127.0.0.1:8000"}
OTHER_PATH = {"PATH_INFO": "/other", "REQUEST_URI": "/other", "RAW_URI": "/other"}
BROWSER = {**BARE, **{f"HTTP_X_FIELD_{at}": "a value as long as most are" for at in range(11)}}
HELLO = b"Hello World\n"
# Nothing has been begun, and everything may be (spec/bridge.md).
NO_MARKS = b"\0\0\0\0\xff\xff\xff\xff"
PAIRS = "\r\n".join(f"name-{at}: the value of {at}" for at in range(12))


class Benchmark(NamedTuple):
    """One part: what is done, for how many requests, and what it comes to."""

    name: str
    operation: Callable[[], object]
    expected: object
    times: int = 1


def benchmarks() -> list[Benchmark]:
    """All parts of a worker, in the order in which a request meets them."""
    requests = b"".join(_request(number, BARE) for number in range(1, BATCH + 1))
    decoder = FrameDecoder()
    bare, browser = (_Sent(environ).stream for environ in (BARE, BROWSER))
    other = _Sent(OTHER_PATH, {**make_base(SETTINGS), **BROWSER}).stream
    head = _hello_headers()
    return [
        Benchmark(
            "REQUEST frame decoded, one of 20",
            lambda: len(decoder.decode(requests)),
            BATCH,
            BATCH,
        ),
        Benchmark("environ, bare head", lambda: make_environ(bare)["PATH_INFO"], "/"),
        Benchmark(
            "environ, browser's head",
            lambda: make_environ(browser)["HTTP_X_FIELD_10"],
            BROWSER["HTTP_X_FIELD_10"],
        ),
        Benchmark(
            "environ, browser's head, on a common one",
            lambda: make_environ(other)["PATH_INFO"],
            OTHER_PATH["PATH_INFO"],
        ),
        Benchmark(
            "response head made and checked",
            lambda: encode_head("200 OK", head).content_length,
            len(HELLO),
        ),
        Benchmark("request answered, payload to frames", _answering(), HELLO),
        Benchmark("request in a worker, socket to socket, one of 20", _working(), BATCH, BATCH),
    ]


def hello(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
    """The application of bench/apps/hello.py."""
    start_response("200 OK", _hello_headers())
    return [HELLO]


def reference_loop() -> int:
    """Work as a worker's is, but of no code that anybody would make faster."""
    values: dict[str, str] = {}
    for line in PAIRS.split("\r\n"):
        name, _, value = line.partition(": ")
        values[name.upper()] = value
    return len("\0".join(values).encode("latin-1"))


def measure(parts: list[Benchmark], rounds: int, milliseconds: int) -> dict[str, object]:
    """The best of the rounds, in which all take turns with the reference."""
    operations = [(reference_loop, 1), *((part.operation, part.times) for part in parts)]
    calls = [_calls_for(operation, milliseconds) for operation, _ in operations]
    best = [float("inf")] * len(operations)
    for _ in range(rounds):
        for at, (operation, times) in enumerate(operations):
            took = _turn(operation, calls[at]) / (calls[at] * times)
            best[at] = min(best[at], took)
    costs = {part.name: nanoseconds for part, nanoseconds in zip(parts, best[1:])}
    return {"reference": best[0], "parts": costs}


def _calls_for(operation: Callable[[], object], milliseconds: int) -> int:
    calls = 1
    while _turn(operation, calls) < milliseconds * 1e6:
        calls *= 2
    return calls


def _turn(operation: Callable[[], object], calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        operation()
    return perf_counter_ns() - start


def _hello_headers() -> list[tuple[str, str]]:
    return [("Content-Type", "text/plain"), ("Content-Length", str(len(HELLO)))]


def _payload(environ: dict[str, str]) -> bytes:
    return encode_strings([item for pair in environ.items() for item in pair])


def _request(number: int, environ: dict[str, str]) -> bytes:
    frame = Frame(FrameType.REQUEST, FrameFlag.END_STREAM, number, _payload(environ))
    return encode_frame(frame)


class _Sent:
    """A stream, and what it gave to its outbox last."""

    def __init__(self, environ: dict[str, str], common: dict[str, Any] | None = None) -> None:
        self._common = make_base(SETTINGS) if common is None else common
        self.parts: tuple[bytes, ...] = ()
        self.window = int(SETTINGS["window"])
        self.outbox = self
        self._payload = _payload(environ)

    @property
    def stream(self) -> Stream:
        """A new one."""
        return Stream(self, 1, FrameFlag.END_STREAM, self._payload, self._common)

    def send(self, *parts: bytes) -> None:
        self.parts = parts


def _answering() -> Callable[[], object]:
    """All that a request thread does for a request but begin and finish it."""
    sent = _Sent(BARE)

    def operation() -> bytes:
        answer(hello, sent.stream)
        return sent.parts[-1][-len(HELLO) :]

    return operation


def _working() -> Callable[[], object]:
    """Frames in and frames out through a socket, in one thread: system calls included."""
    gateway, side = socket.socketpair()
    connection = Connection(side, bytearray(NO_MARKS))
    connection.window = int(SETTINGS["window"])
    connection.base = make_base(SETTINGS)
    gateway.sendall(encode_frame(Frame(FrameType.ENVIRON, 0, 0, pack_u32(0) + _payload(BARE))))
    connection.receive()
    payload = pack_u32(0) + _payload(OTHER_PATH)
    flags = FrameFlag.END_STREAM | FrameFlag.COMMON
    numbers = count(1)

    def operation() -> int:
        header = partial(pack_header, len(payload), FrameType.REQUEST, flags)
        gateway.sendall(b"".join(header(next(numbers)) + payload for _ in range(BATCH)))
        for _ in range(BATCH):
            stream = connection.next_stream()
            if stream is None:
                raise RuntimeError("the connection takes no more requests")
            answer(hello, stream)
            connection.finish(stream)
        connection.outbox.flush()
        return gateway.recv(1 << 20).count(HELLO)

    return operation


def main(arguments: list[str]) -> None:
    """Verify all parts; then measure them, if it is said for how long."""
    parts = benchmarks()
    for part in parts:
        result = part.operation()
        if result != part.expected:
            raise SystemExit(f"{part.name}: {result!r} where {part.expected!r} belongs")
    if arguments:
        rounds, milliseconds = map(int, arguments)
        print(json.dumps(measure(parts, rounds, milliseconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
