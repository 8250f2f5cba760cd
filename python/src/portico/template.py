"""The template process (``--preload``): imports the application once, and forks workers of itself.

It serves nothing. A worker that is forked goes on as one that was started does (worker.py), with
the application that is there already. spec/bridge.md has the frames.
"""

from __future__ import annotations

import gc
import mmap
import os
import threading

# By name, here and in forks.py: what the application imports may replace it in its module.
from socket import AF_UNIX, socket
from typing import Final

from .connection import MARKER_BYTES, Connection, leave
from .errors import LoadError
from .forks import Forks
from .frames import FrameType, LogLevel
from .outbox import Outbox
from .users_code import show_prints_at_once
from .worker import (
    SOCKET_DESCRIPTOR,
    Surroundings,
    await_settings,
    end_with_parent,
    linting,
    load,
    open_connection,
    open_hooks,
    path_text,
    refuse,
    say_loaded,
    serve,
    show_stacks_at_signal,
)

# In the directory where a worker is awaited.
_SOCKET: Final = "socket"
_MARKER: Final = "begun"


def main() -> None:
    """Fork workers until the gateway is gone; in each, serve."""
    end_with_parent()
    connection = open_connection(socket(fileno=SOCKET_DESCRIPTOR), mmap.mmap(-1, MARKER_BYTES))
    os.set_inheritable(SOCKET_DESCRIPTOR, False)
    watcher = await_settings(connection)

    def end(*_: object) -> None:
        if not connection.loaded:
            connection.on_goaway_while_loading()
        leave()

    connection.take(FrameType.GOAWAY, end)
    watching = threading.Thread(target=watcher.watch_import, name="portico-import", daemon=True)
    watching.start()
    show_prints_at_once()
    linted = linting(connection.settings["lint"])
    hooks = open_hooks(connection)
    try:
        loaded = load(connection.settings)
    except LoadError as error:
        refuse(connection, error)
    connection.loaded = True
    # A thread that still ran would keep the locks that it holds from all workers.
    watching.join()
    say_loaded(connection, loaded)
    _tell_of_threads(connection.outbox, loaded.target)
    _share_memory()
    directory = Forks(connection).run()
    worker = _join(directory)
    await_settings(worker).start()
    if hooks is not None:
        hooks.adopt(path_text(worker.settings["gunicorn"]), worker)
    serve(worker, Surroundings(linted, hooks), lambda: loaded)


def _tell_of_threads(outbox: Outbox, target: str) -> None:
    others = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
    if others:
        outbox.log(
            LogLevel.WARNING,
            f"--preload: the import of {target} has started threads ({', '.join(others)}), which "
            "no worker has: a fork copies one thread alone. Start them in post_fork, or in what "
            "os.register_at_fork(after_in_child=...) is given",
        )


def _share_memory() -> None:
    """The collector writes into what it looks at, and a page that is written to is copied."""
    gc.collect()
    gc.freeze()


def _join(directory: str) -> Connection:
    """In a new worker: meet the gateway."""
    try:
        marker = os.open(os.path.join(directory, _MARKER), os.O_RDWR)
        sock = socket(AF_UNIX)
        # The application may have set a timeout for all sockets.
        sock.setblocking(True)
        sock.connect(os.path.join(directory, _SOCKET))
    except OSError:
        leave()  # it is awaited no more
    show_stacks_at_signal(marker)
    return open_connection(sock, mmap.mmap(marker, MARKER_BYTES))
