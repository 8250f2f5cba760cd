"""Each path asks for something that an interpreter in WebAssembly has not."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import multiprocessing.pool
import os
import smtplib
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    try:
        answer = f"had: {ASKED[environ['PATH_INFO'][1:]]()!r}"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the answer)
        answer = f"{type(error).__name__}: {error}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]


def in_loop(coroutine: Callable[[], Coroutine[Any, Any, object]]) -> Callable[[], object]:
    return lambda: asyncio.run(coroutine())


async def in_thread() -> object:
    return await asyncio.to_thread(print)


async def in_default_executor() -> object:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    return await in_thread()


async def by_datagram() -> object:
    loop = asyncio.get_running_loop()
    remote = ("127.0.0.1", 9)
    return await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=remote)


async def by_socket() -> object:
    await asyncio.get_running_loop().sock_connect(socket.socket(), ("127.0.0.1", 9))


async def by_name() -> object:
    return await asyncio.get_running_loop().getaddrinfo("localhost", 80)


def from_asgiref() -> object:
    from asgiref.sync import async_to_sync

    return async_to_sync(in_thread)()


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
    "loop-thread": in_loop(in_thread),
    "loop-executor": in_loop(in_default_executor),
    "loop-connect": in_loop(lambda: asyncio.open_connection("127.0.0.1", 9)),
    "loop-server": in_loop(lambda: asyncio.start_server(print, "127.0.0.1", 0)),
    "loop-udp": in_loop(by_datagram),
    "loop-socket": in_loop(by_socket),
    "loop-name": in_loop(by_name),
    "loop-process": in_loop(lambda: asyncio.create_subprocess_exec("id")),
    "loop-shell": in_loop(lambda: asyncio.create_subprocess_shell("id")),
    "asgiref": from_asgiref,
    "mail": lambda: smtplib.SMTP("127.0.0.1", 9),
    "tls": lambda: http.client.HTTPSConnection("127.0.0.1", 9).request("GET", "/"),
    "digest": lambda: hashlib.new("ripemd160"),
    "dbm": lambda: __import__("dbm"),
    "curses": lambda: __import__("curses"),
}
