"""Starts the servers that have no command line: ``serve.py NAME MODULE:ATTRIBUTE PORT [OPTIONS]``."""

from __future__ import annotations

import argparse
import importlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

HOST = "127.0.0.1"


def tornado(application: Any, port: int, processes: int, threads: int) -> None:
    """As https://www.tornadoweb.org/en/stable/wsgi.html and guide/running.html say."""
    import asyncio

    from tornado.httpserver import HTTPServer
    from tornado.netutil import bind_sockets
    from tornado.process import fork_processes
    from tornado.wsgi import WSGIContainer

    sockets = bind_sockets(port, HOST)
    if processes > 1:
        fork_processes(processes)

    async def serve() -> None:
        # Without an executor the application runs in the event loop's own thread.
        executor = ThreadPoolExecutor(threads) if threads else None
        HTTPServer(WSGIContainer(application, executor=executor)).add_sockets(sockets)
        await asyncio.Event().wait()

    asyncio.run(serve())


def bjoern(application: Any, port: int, processes: int, _threads: int) -> None:
    """As the section "SO_REUSEPORT" of https://github.com/jonashaag/bjoern says."""
    import bjoern  # pyright: ignore[reportMissingImports]

    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    bjoern.run(application, HOST, port, reuse_port=True)


def werkzeug(application: Any, port: int, _processes: int, _threads: int) -> None:
    """As https://werkzeug.palletsprojects.com/en/stable/serving/ says; threads as `flask run`."""
    from werkzeug.serving import run_simple

    run_simple(HOST, port, application, threaded=True)


def wsgiref(application: Any, port: int, _processes: int, _threads: int) -> None:
    """As https://docs.python.org/3/library/wsgiref.html says."""
    from wsgiref.simple_server import make_server

    with make_server(HOST, port, application) as server:
        server.serve_forever()


SERVERS = {"tornado": tornado, "bjoern": bjoern, "werkzeug": werkzeug, "wsgiref": wsgiref}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("server", choices=SERVERS)
    parser.add_argument("target", help="MODULE:ATTRIBUTE")
    parser.add_argument("port", type=int)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    chosen = parser.parse_args()
    module, _, attribute = chosen.target.partition(":")
    application = getattr(importlib.import_module(module), attribute)
    SERVERS[chosen.server](application, chosen.port, chosen.processes, chosen.threads)


if __name__ == "__main__":
    main()
