"""What an interpreter may meet with: each path is one."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

Start = Any

served = 0


def application(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    global served
    served += 1
    text = TROUBLES[environ["PATH_INFO"]](environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]


def count(_environ: dict[str, Any]) -> str:
    return str(served)


def loop(_environ: dict[str, Any]) -> str:
    while True:
        pass


def sleep(_environ: dict[str, Any]) -> str:
    time.sleep(3600)
    return "slept"


def endure(_environ: dict[str, Any]) -> str:
    while True:
        try:
            while True:
                pass
        except BaseException:  # noqa: BLE001, S110
            pass


def leave(_environ: dict[str, Any]) -> str:
    os._exit(3)


def recurse(environ: dict[str, Any]) -> str:
    return recurse(environ)


def fill(_environ: dict[str, Any]) -> str:
    try:
        return str(len(bytearray(600 * 1024 * 1024)))
    except MemoryError:
        return "no room"


def body(environ: dict[str, Any]) -> str:
    content = environ["wsgi.input"].read()
    return f"{len(content)} {sum(content) % 251}"


def echo(environ: dict[str, Any]) -> str:
    return environ["wsgi.input"].read().decode()


def chance(_environ: dict[str, Any]) -> str:
    import random

    return f"{random.random()} {os.urandom(8).hex()} {hash('chance')}"


def variable(environ: dict[str, Any]) -> str:
    return os.environ.get(environ["QUERY_STRING"], "none")


def write(environ: dict[str, Any]) -> str:
    try:
        with open("written.txt", "a") as file:
            file.write("x")
    except OSError as error:
        return type(error).__name__
    return "written"


def abort(_environ: dict[str, Any]) -> str:
    os.abort()


def trap(_environ: dict[str, Any]) -> str:
    import ctypes

    # Beyond all memory that there can be.
    return str(ctypes.string_at(0xFFFF_FFF0, 8))


def nest(_environ: dict[str, Any]) -> str:
    import json

    return str(len(json.loads("[" * 1_000_000 + "]" * 1_000_000)))


def throw(_environ: dict[str, Any]) -> str:
    from pyodide.code import run_js

    return str(run_js("Promise.reject(new Error('left alone')); throw new Error('thrown')"))


def crumbs(_environ: dict[str, Any]) -> str:
    kept: list[object] = []
    while True:
        kept.append([object() for _ in range(1000)])


def exists(environ: dict[str, Any]) -> str:
    return str(os.path.exists(environ["QUERY_STRING"]))


def slow(_environ: dict[str, Any]) -> str:
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        pass
    return "slow"


def version(_environ: dict[str, Any]) -> str:
    return sys.platform


TROUBLES = {
    "/count": count,
    "/loop": loop,
    "/sleep": sleep,
    "/endure": endure,
    "/leave": leave,
    "/recurse": recurse,
    "/fill": fill,
    "/body": body,
    "/echo": echo,
    "/chance": chance,
    "/variable": variable,
    "/write": write,
    "/exists": exists,
    "/abort": abort,
    "/trap": trap,
    "/nest": nest,
    "/throw": throw,
    "/crumbs": crumbs,
    "/slow": slow,
    "/platform": version,
}
