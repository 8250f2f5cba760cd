"""The worker process: takes its settings, loads the application, runs its request threads."""

from __future__ import annotations

import faulthandler
import mmap
import os
import platform
import signal
import socket
import sys
import threading
from _thread import start_new_thread
from collections.abc import Callable
from types import FrameType as StackFrame
from typing import TYPE_CHECKING, Final, NoReturn

from .answer import answer
from .connection import MARKER_BYTES, Connection, leave
from .environ import make_base
from .errors import LoadError
from .frames import BRIDGE_VERSION, ErrorCode, FrameType, LogLevel, encode_strings
from .interruption import take_interrupt_signal
from .loader import LoadedApplication, load_application
from .streams import Stream
from .users_code import hide_own_modules, show_prints_at_once
from .watcher import Watcher

if TYPE_CHECKING:
    from .lint_rules import Finding
    from .worker_hooks import WorkerHooks
    from .wsgi import Application

SOCKET_DESCRIPTOR: Final = 3
MARKER_DESCRIPTOR: Final = 4

# The status of a worker whose application could not be loaded.
LOAD_FAILED_STATUS: Final = 4

# At which the stacks are written, 0 for none: a number that neither the C library nor a shell uses.
STACKS_SIGNAL: Final[int] = signal.SIGRTMAX - 1 if hasattr(signal, "SIGRTMAX") else 0

_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Serve until the gateway says GOAWAY or is gone."""
    _die_with_parent()
    connection = _open_connection()
    _take_signals(connection)
    while not connection.settings:
        connection.receive()
    settings = connection.settings
    watcher = Watcher(connection, settings["target"])
    watcher.start()
    show_prints_at_once()
    linted = _linting(connection, settings.get("lint", "off"))
    hooks = _open_hooks(connection, settings)
    loaded = _load(connection, settings, hooks)
    connection.loaded = True
    payload = _settings_payload(loaded, settings["threads"])
    connection.outbox.send_for_connection(FrameType.SETTINGS, 0, payload)
    application = linted(loaded.application)
    asked = hooks if hooks is not None and hooks.has_request_hooks else None
    base = make_base(settings)

    def answer_one(stream: Stream) -> None:
        answer(application, base, stream, asked)

    _run_threads(connection, answer_one, int(settings["threads"]))
    if hooks is not None:
        hooks.worker_exit()


def _die_with_parent() -> None:
    """Linux kills this process when its parent dies, even while native code holds the GIL."""
    parent = os.getppid()
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes  # noqa: PLC0415 (some builds of Python lack it)

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (ImportError, OSError, AttributeError):
        return  # end-of-file on the socket says the same, only not to native code
    if os.getppid() != parent:
        leave()


def _open_connection() -> Connection:
    sock = socket.socket(fileno=SOCKET_DESCRIPTOR)
    sock.setblocking(True)
    marker = mmap.mmap(MARKER_DESCRIPTOR, MARKER_BYTES)
    for descriptor in (SOCKET_DESCRIPTOR, MARKER_DESCRIPTOR):
        os.set_inheritable(descriptor, False)
    connection = Connection(sock, marker)
    os.register_at_fork(after_in_child=connection.abandon)
    return connection


def _take_signals(connection: Connection) -> None:
    def ignore(_number: int, _frame: StackFrame | None) -> None:
        """Ctrl-C and a closed terminal go to the whole group; the gateway decides."""

    def drain(_number: int, _frame: StackFrame | None) -> None:
        # A thread, for the main thread may hold the very locks that draining takes.
        start_new_thread(connection.drain, ())

    # Not SIG_IGN: subprocesses of the application would inherit that.
    signal.signal(signal.SIGINT, ignore)
    signal.signal(signal.SIGHUP, ignore)
    signal.signal(signal.SIGTERM, drain)
    take_interrupt_signal(connection.running.values)
    _show_stacks_at_signal()


def _show_stacks_at_signal() -> None:
    """C code writes them, also while native code holds the interpreter and no thread can run."""
    if not STACKS_SIGNAL:
        return
    # Behind the marker's own bytes: the gateway reads the file, whatever becomes of this process.
    os.lseek(MARKER_DESCRIPTOR, MARKER_BYTES, os.SEEK_SET)
    faulthandler.register(STACKS_SIGNAL, MARKER_DESCRIPTOR, all_threads=True)


def _linting(connection: Connection, mode: str) -> Callable[[Application], Application]:
    """What puts an application under lint; made before our own modules are hidden."""
    if mode == "off":
        return lambda application: application
    from .lint import lint  # noqa: PLC0415 (a worker without lint does not load it)

    def report(finding: Finding) -> None:
        # Of no stream: a finding may come long after its request, or from another thread.
        payload = encode_strings([_latin(text) for text in finding])
        connection.outbox.send_for_connection(FrameType.LOG, LogLevel.FINDING, payload)

    return lambda application: lint(application, report, follow=mode == "follow")


def _open_hooks(connection: Connection, settings: dict[str, str]) -> WorkerHooks | None:
    """Run the gunicorn configuration, where there is one: the first that is not ours."""
    if "gunicorn" not in settings:
        hide_own_modules()
        return None
    from .worker_hooks import WorkerHooks  # noqa: PLC0415 (few have one, and it costs time)

    hide_own_modules()
    try:
        return WorkerHooks(_path_text(settings["gunicorn"]), connection)
    except LoadError as error:
        _refuse(connection, error)


def _load(
    connection: Connection, settings: dict[str, str], hooks: WorkerHooks | None
) -> LoadedApplication:
    target = _path_text(settings["target"])
    pythonpath = [_path_text(entry) for entry in settings["pythonpath"].split(":") if entry]
    sys.argv = ["portico", target]
    try:
        if hooks is not None:
            hooks.post_fork()
        loaded = load_application(target, _path_text(settings["directory"]), pythonpath)
        if hooks is not None:
            hooks.post_worker_init(loaded.application)
    except LoadError as error:
        if hooks is not None:
            hooks.worker_exit()
        _refuse(connection, error)
    return loaded


def _refuse(connection: Connection, error: LoadError) -> NoReturn:
    if error.trace:
        connection.outbox.log(LogLevel.ERROR, error.trace)
    connection.outbox.go_away(ErrorCode.INTERNAL_ERROR, str(error))
    sys.stdout.flush()
    leave(LOAD_FAILED_STATUS)


def _path_text(text: str) -> str:
    """SETTINGS carries UTF-8 seen as latin-1."""
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


def _settings_payload(loaded: LoadedApplication, threads: str) -> bytes:
    values = {
        "version": BRIDGE_VERSION,
        "pid": str(os.getpid()),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": _latin(sys.executable),
        "threads": threads,
        "target": _latin(loaded.target),
        "stacks_signal": str(STACKS_SIGNAL),
    }
    return encode_strings([text for pair in values.items() for text in pair])


def _latin(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _run_threads(connection: Connection, answer_one: Callable[[Stream], None], count: int) -> None:
    """The main thread is one of them, for some applications work in no other."""

    def run() -> None:
        stream = connection.next_stream()
        while stream is not None:
            answer_one(stream)
            connection.finish(stream)
            # Nothing of an answered request may live on while waiting for the next.
            stream = None
            stream = connection.next_stream()

    others = [
        threading.Thread(target=run, name=f"portico-{number}", daemon=True)
        for number in range(2, count + 1)
    ]
    for thread in others:
        thread.start()
    run()
    for thread in others:
        thread.join()
