"""Each path asks for something that an interpreter in WebAssembly has not."""

from __future__ import annotations

import asyncio
import multiprocessing.pool
import os
import socket
import subprocess
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    try:
        answer = f"had: {ASKED[environ['PATH_INFO'][1:]]()!r}"
    except Exception as error:  # noqa: BLE001
        answer = f"{type(error).__name__}: {error}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]


def run_loop() -> object:
    waiting = asyncio.sleep(0, "slept")
    try:
        return asyncio.run(waiting)
    finally:
        waiting.close()


ASKED: dict[str, Callable[[], object]] = {
    "thread": lambda: threading.Thread(target=print).start(),
    "timer": lambda: threading.Timer(0, print).start(),
    "executor": lambda: ThreadPoolExecutor().submit(print).result(),
    "pool": lambda: multiprocessing.pool.ThreadPool(1),
    "subprocess": lambda: subprocess.check_output(["id"]),
    "popen": lambda: os.popen("id").read(),
    "system": lambda: os.system("id"),
    "fork": lambda: os.fork(),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "connect-ex": lambda: socket.socket().connect_ex(("127.0.0.1", 9)),
    "udp": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
    "bind": lambda: socket.socket().bind(("127.0.0.1", 0)),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)),
    "url": lambda: urllib.request.urlopen("http://127.0.0.1:9/"),
    "pair": lambda: socket.socketpair(),
    "asyncio": run_loop,
}
