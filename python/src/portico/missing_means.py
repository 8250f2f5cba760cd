"""Says of what WebAssembly has no means for that it has none, where it is asked for.

What Emscripten has in its place is worse than nothing: `connect` succeeds and nothing ever comes,
and `os.system` runs in a shell of the gateway's.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
from typing import Any, Final, NoReturn

_REMEDY: Final = "Pyodide has none; run the application with --engine cpython"

# What would reach another machine, or wait for one.
_SOCKET_METHODS: Final = ("bind", "connect", "connect_ex", "listen", "sendto")


def refuse_missing_means() -> None:
    """For good: in a whole interpreter."""
    threading.Thread.start = no_thread  # type: ignore[method-assign]
    os.system = no_process
    os.fork = no_process
    for name in _SOCKET_METHODS:
        setattr(socket.socket, name, no_socket)


def no_thread(*_arguments: Any) -> NoReturn:
    """As CPython begins where it has no room for another."""
    raise RuntimeError(f"can't start new thread: {_REMEDY}")


def no_process(*_arguments: Any) -> NoReturn:
    raise OSError(errno.ENOTSUP, f"no process can be started: {_REMEDY}")


def no_socket(*_arguments: Any) -> NoReturn:
    raise OSError(errno.ENOTSUP, f"no socket can be connected or bound: {_REMEDY}")
