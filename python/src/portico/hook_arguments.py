"""What hooks of a gunicorn configuration are given: as much of gunicorn's objects as hooks use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from .environ import Environ
from .frames import LogLevel

_LEVELS = (
    (logging.CRITICAL, LogLevel.CRITICAL),
    (logging.ERROR, LogLevel.ERROR),
    (logging.WARNING, LogLevel.WARNING),
    (logging.INFO, LogLevel.INFO),
)


class HookLogger(logging.Logger):
    """`server.log` and `worker.log`: their lines go to Portico's error log."""

    def __init__(self, write: Callable[[int, str], None]) -> None:
        super().__init__("gunicorn.error", logging.DEBUG)
        self.addHandler(_Handler(write))

    @property
    def error_log(self) -> logging.Logger:
        return self


class _Handler(logging.Handler):
    def __init__(self, write: Callable[[int, str], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        level = next((ours for least, ours in _LEVELS if record.levelno >= least), LogLevel.DEBUG)
        self._write(level, self.format(record))


class Config:
    """`cfg`: gunicorn's names with the values that Portico has settled, or that the file gave."""

    def __init__(self, names: Sequence[str], values: dict[str, Any]) -> None:
        self.settings = {**dict.fromkeys(names), **values}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["settings"][name]
        except KeyError:
            raise AttributeError(f"cfg has no setting {name}") from None


class Server:
    """`server`, which in gunicorn is the arbiter."""

    def __init__(self, pid: int, log: HookLogger, cfg: Config) -> None:
        self.pid = pid
        self.log = log
        self.cfg = cfg
        self.num_workers: int = cfg.workers
        self.address: list[str] = cfg.bind
        self.proc_name: str = cfg.proc_name or "portico"
        self.timeout: int = cfg.timeout


class Worker:
    """`worker`: of the process that runs the hook, or of another one that the server has."""

    def __init__(self, age: int, pid: int | None, server: Server) -> None:
        self.age = age
        self.pid: int | str = "[booting]" if pid is None else pid
        self.ppid = server.pid
        self.log = server.log
        self.cfg = server.cfg
        self.timeout = server.timeout
        self.nr = 0
        self.alive = True
        self.booted = False
        self.aborted = False
        # The application, once it is loaded.
        self.wsgi: Any = None

    def __str__(self) -> str:
        return f"<Worker {self.pid}>"


class Request:
    """`req`: what the client asked for, to be read."""

    def __init__(self, environ: Environ) -> None:
        self.method: str = environ["REQUEST_METHOD"]
        self.uri: str = environ.get("REQUEST_URI") or environ.get("PATH_INFO", "")
        self.path, _, _ = self.uri.partition("?")
        self.query: str = environ.get("QUERY_STRING", "")
        self.fragment = ""
        major, _, minor = environ["SERVER_PROTOCOL"].rpartition("/")[2].partition(".")
        self.version = (int(major), int(minor or 0))
        self.scheme: str = environ["wsgi.url_scheme"]
        port = environ.get("REMOTE_PORT", "")
        self.peer_addr = (environ.get("REMOTE_ADDR", ""), int(port) if port.isdigit() else 0)
        self.remote_addr = self.peer_addr
        self.headers = [
            (name, value) for key, value in environ.items() if (name := _header_name(key))
        ]


def _header_name(key: str) -> str:
    """In capitals, as gunicorn has it; empty where the key is no header's."""
    if key.startswith("HTTP_"):
        return key[len("HTTP_") :].replace("_", "-")
    return key.replace("_", "-") if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else ""


class Response:
    """`resp`: what `start_response` was called with, last."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.headers: list[tuple[str, str]] = []

    @property
    def status_code(self) -> int:
        return int(self.status.split(" ")[0]) if self.status else 0
