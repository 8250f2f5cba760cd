"""What can go wrong in a worker, each kind with its own name."""

from __future__ import annotations


class FrameError(Exception):
    """The gateway sent bytes that the protocol does not allow."""


class LoadError(Exception):
    """The target could not be imported, or holds no WSGI application; one line says why."""

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        # The traceback of the user's own code, where there is one.
        self.trace = trace


class ConfigError(LoadError):
    """The configuration file cannot be read, or a hook of it keeps the worker from starting."""


class ApplicationError(Exception):
    """The application broke PEP 3333."""


class ClientDisconnected(ConnectionError):  # noqa: N818 (ASGI's name for it)
    """Raised into a running application whose answer nobody waits for any more."""


class RequestTimeout(BaseException):
    """Raised in the midst of an application that has not answered within `--timeout`."""

    # Where users may look for it; applications cannot import this package.
    __module__ = "portico"


def describe(error: BaseException) -> str:
    """``TypeName: message``, also for an exception that cannot be turned into text."""
    name = type(error).__name__
    try:
        text = str(error)
    except Exception as broken:
        text = f"(its text could not be made: {type(broken).__name__})"
    return f"{name}: {text}" if text else name
