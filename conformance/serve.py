"""Starts the servers that have no command line: ``serve.py NAME PORT`` serves the probe application."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from probe_application import application

HOST = "127.0.0.1"


def tornado(port: int) -> None:
    """As https://www.tornadoweb.org/en/stable/wsgi.html says, with threads."""
    import asyncio

    from tornado.httpserver import HTTPServer
    from tornado.wsgi import WSGIContainer

    async def serve() -> None:
        container = WSGIContainer(application, executor=ThreadPoolExecutor(4))
        HTTPServer(container).listen(port, HOST)
        await asyncio.Event().wait()

    asyncio.run(serve())


def werkzeug(port: int) -> None:
    """As https://werkzeug.palletsprojects.com/en/stable/serving/ says; threads as `flask run`."""
    from werkzeug.serving import run_simple

    run_simple(HOST, port, application, threaded=True)


def wsgiref(port: int) -> None:
    """As https://docs.python.org/3/library/wsgiref.html says."""
    from wsgiref.simple_server import make_server

    with make_server(HOST, port, application) as server:
        server.serve_forever()


SERVERS = {"tornado": tornado, "werkzeug": werkzeug, "wsgiref": wsgiref}

if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
