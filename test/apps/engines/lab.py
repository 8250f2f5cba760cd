"""What the tests of the engine ask of an application: to wait, to die, to take, to give.

Requests are named by their path, ``/DO/NAME``. What is worth knowing after a crash goes to the
file ``ran`` in the working directory; a request that waits does so at the Unix socket ``gate``.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

BLOCK = b"0123456789abcdef" * 4096

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    _, do, name = environ["PATH_INFO"].split("/", 2)
    note(name)
    headers = [("Content-Type", "text/plain"), ("X-Worker", str(os.getpid()))]
    answer = DOES[do](environ, name)
    start_response("200 OK", headers)
    return answer


def note(line: str) -> None:
    with open("ran", "a") as ran:
        ran.write(line + "\n")


def wait_at_gate(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as gate:
        gate.connect("gate")
        gate.sendall(f"{name} {os.getpid()}\n".encode())
        gate.recv(1)


def answer(_environ: dict[str, Any], name: str) -> list[bytes]:
    return [name.encode()]


def wait(_environ: dict[str, Any], name: str) -> list[bytes]:
    wait_at_gate(name)
    return [name.encode()]


def endure(_environ: dict[str, Any], name: str) -> list[bytes]:
    """Waits as well, and no exception ends that."""
    while True:
        try:
            return wait(_environ, name)
        except BaseException:  # noqa: BLE001 (that is its purpose)
            note("endured")


def hold(_environ: dict[str, Any], name: str) -> list[bytes]:
    """C code that lets no other thread run, and that no signal ends."""
    note(f"holds {name}")
    return [str(sum(range(10**12))).encode()]


def until_left(environ: dict[str, Any], name: str) -> list[bytes]:
    with socket.socket(socket.AF_UNIX) as gate:
        gate.connect("gate")
        gate.sendall(f"{name} {os.getpid()}\n".encode())
    while not environ["portico.client_disconnected"]():
        time.sleep(0.001)
    note(f"{name} was left")
    return [b"nobody reads this"]


def loop(_environ: dict[str, Any], name: str) -> list[bytes]:
    with socket.socket(socket.AF_UNIX) as gate:
        gate.connect("gate")
        gate.sendall(f"{name} {os.getpid()}\n".encode())
    while True:
        pass


def sleep(_environ: dict[str, Any], name: str) -> list[bytes]:
    time.sleep(float(name))
    return [b"slept"]


def give_and_wait(_environ: dict[str, Any], name: str) -> Iterator[bytes]:
    yield BLOCK
    wait_at_gate(name)
    yield BLOCK


def wait_in_close(_environ: dict[str, Any], name: str) -> Iterable[bytes]:
    class Answer(list[bytes]):
        def close(self) -> None:
            wait_at_gate(name)

    return Answer([name.encode()])


def leave(_environ: dict[str, Any], _name: str) -> list[bytes]:
    os._exit(3)


def crash(_environ: dict[str, Any], _name: str) -> list[bytes]:
    ctypes.string_at(0)
    return []


def stop(_environ: dict[str, Any], _name: str) -> list[bytes]:
    os.kill(os.getpid(), signal.SIGSTOP)
    return [b"went on"]


def babble(_environ: dict[str, Any], _name: str) -> list[bytes]:
    os.write(3, b"\xff" * 64)
    return [b"said"]


def digest(environ: dict[str, Any], _name: str) -> list[bytes]:
    body = environ["wsgi.input"].read()
    return [f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()]


def wait_then_digest(environ: dict[str, Any], name: str) -> list[bytes]:
    wait_at_gate(name)
    return digest(environ, name)


def stream(_environ: dict[str, Any], blocks: str) -> Iterator[bytes]:
    for number in range(int(blocks)):
        with open("streamed", "w") as streamed:
            streamed.write(str(number))
        yield BLOCK


def blocks(_environ: dict[str, Any], count: str) -> Iterator[bytes]:
    for _ in range(int(count)):
        yield BLOCK


def blocks_then_wait(_environ: dict[str, Any], count: str) -> Iterator[bytes]:
    for _ in range(int(count)):
        yield BLOCK
    wait_at_gate("given")


def drip(_environ: dict[str, Any], count: str) -> Iterator[bytes]:
    for number in range(int(count)):
        yield f"{number} ".encode()
        time.sleep(0.2)


def file(environ: dict[str, Any], name: str) -> Iterable[bytes]:
    return environ["wsgi.file_wrapper"](open(name, "rb"))


def flags(environ: dict[str, Any], _name: str) -> list[bytes]:
    names = ("wsgi.multithread", "wsgi.multiprocess")
    return [" ".join(str(environ[name]) for name in names).encode()]


def queue_time(environ: dict[str, Any], _name: str) -> list[bytes]:
    waited = environ["portico.queue_time"]
    return [f"{type(waited).__name__} {waited:.6f}".encode()]


def seen(environ: dict[str, Any], _name: str) -> list[bytes]:
    return [repr(sorted(name for name in environ if name.startswith("HTTP_"))).encode()]


def version(_environ: dict[str, Any], _name: str) -> list[bytes]:
    return [sys.version.split()[0].encode()]


DOES: dict[str, Callable[[dict[str, Any], str], Iterable[bytes]]] = {
    function.__name__: function
    for function in (
        *(answer, wait, endure, hold, until_left, loop, sleep, give_and_wait),
        *(leave, crash, stop, babble, digest, wait_then_digest, stream, blocks, drip, file),
        *(blocks_then_wait, wait_in_close),
        *(flags, queue_time, seen, version),
    )
}
