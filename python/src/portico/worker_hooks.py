"""The hooks of a gunicorn configuration that run in workers."""

from __future__ import annotations

import json
import os
import signal
import sys
from _thread import start_new_thread
from collections.abc import Callable, Iterable
from types import FrameType as StackFrame
from typing import Any

from .connection import Connection, leave
from .environ import Environ
from .errors import ConfigError, describe
from .frames import LogLevel
from .gunicorn_config import Hook, evaluate
from .hook_arguments import Config, HookLogger, Request, Response, Server, Worker
from .user_traceback import format_user_traceback
from .wsgi import Application


class WorkerHooks:
    """The configuration as this process has run it."""

    def __init__(self, text: str, connection: Connection) -> None:
        """Run the file that SETTINGS names, where the server was started; ``ConfigError``."""
        said: dict[str, Any] = json.loads(text)
        self._location: str = said["location"]
        directory = os.getcwd()
        os.chdir(said["directory"])
        sys.path.insert(0, said["directory"])
        config = evaluate(self._location, said["source"])
        os.chdir(directory)
        self._hooks: dict[str, Hook] = config.hooks()
        names: list[str] = said["names"]
        self._cfg = Config(names, {**config.values(names), **said["values"]})
        self._server_pid = os.getppid()
        self.has_request_hooks = "pre_request" in self._hooks or "post_request" in self._hooks
        self._belong_to(connection, said["age"])

    def adopt(self, text: str, connection: Connection) -> None:
        """In a worker that was forked when the configuration had run: the hooks are its own."""
        self._belong_to(connection, json.loads(text)["age"])

    def _belong_to(self, connection: Connection, age: int) -> None:
        self._connection = connection
        self._server = Server(self._server_pid, HookLogger(connection.outbox.log), self._cfg)
        self._worker = Worker(age, os.getpid(), self._server)

    def post_fork(self) -> None:
        """Before the application is loaded; ``ConfigError`` if it raises."""
        self._take_signals()
        self._run_to_boot("post_fork", self._server, self._worker)

    def post_worker_init(self, application: Application) -> None:
        """When the application is loaded; ``ConfigError`` if it raises."""
        self._worker.wsgi = application
        self._worker.booted = True
        self._run_to_boot("post_worker_init", self._worker)

    def worker_exit(self) -> None:
        self._connection.outbox.outlive_gateway()
        self._worker.alive = False
        self._run_logged("worker_exit", self._server, self._worker)

    def begin(self, environ: Environ) -> Exchange:
        self._worker.nr += 1
        return Exchange(environ)

    def pre_request(self, exchange: Exchange) -> None:
        """What it raises is an error of the request, as in gunicorn."""
        self._run("pre_request", self._worker, exchange.request)

    def post_request(self, exchange: Exchange) -> None:
        self._run_logged(
            "post_request", self._worker, exchange.request, exchange.environ, exchange.response
        )

    def _run(self, name: str, *arguments: object) -> None:
        hook = self._hooks.get(name)
        if hook is not None:
            hook(*arguments)

    def _run_to_boot(self, name: str, *arguments: object) -> None:
        try:
            self._run(name, *arguments)
        except BaseException as error:
            text = f"{self._location}: {name} raised {describe(error)}"
            raise ConfigError(text, format_user_traceback(error)) from error

    def _run_logged(self, name: str, *arguments: object) -> None:
        try:
            self._run(name, *arguments)
        except BaseException as error:
            text = f"{self._location}: {name} raised\n{format_user_traceback(error)}"
            self._connection.outbox.log(LogLevel.ERROR, text)

    def _take_signals(self) -> None:
        """INT is the gateway's to decide about; the others end this process."""
        if "worker_int" in self._hooks:
            self._on_signal(signal.SIGINT, "worker_int", lambda: None)
            self._on_signal(signal.SIGQUIT, "worker_int", leave)
        if "worker_abort" in self._hooks:
            self._on_signal(signal.SIGABRT, "worker_abort", lambda: leave(1))

    def _on_signal(self, number: int, name: str, then: Callable[[], object]) -> None:
        def run() -> None:
            self._run_logged(name, self._worker)
            then()

        def start(_number: int, _frame: StackFrame | None) -> None:
            # A thread, for the main thread may hold the very locks that logging takes.
            start_new_thread(run, ())

        signal.signal(number, start)


class Exchange:
    """One request and its answer, as hooks see them."""

    __slots__ = ("environ", "request", "response")

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.request = Request(environ)
        self.response = Response()

    def watch(self, application: Application) -> Application:
        """The same application, whose `start_response` is listened to."""

        def watched(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
                write = start_response(status, headers, *exc_info)
                self.response.status, self.response.headers = status, headers
                return write

            return application(environ, start)

        return watched
