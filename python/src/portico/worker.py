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
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from .answer import answer
from .connection import MARKER_BYTES, Connection, Marker, leave
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
    from .outbox import Outbox
    from .worker_hooks import WorkerHooks
    from .wsgi import Application

SOCKET_DESCRIPTOR: Final = 3
MARKER_DESCRIPTOR: Final = 4

# The status of a worker whose application could not be loaded.
LOAD_FAILED_STATUS: Final = 4

# At which the stacks are written, 0 for none: a number that neither the C library nor a shell uses.
# On Emscripten nothing takes it: it would end the process that the interpreter runs in.
STACKS_SIGNAL: Final[int] = (
    signal.SIGRTMAX - 1 if hasattr(signal, "SIGRTMAX") and sys.platform != "emscripten" else 0
)

_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Serve until the gateway says GOAWAY or is gone."""
    end_with_parent()
    marker = mmap.mmap(MARKER_DESCRIPTOR, MARKER_BYTES)
    connection = open_connection(socket.socket(fileno=SOCKET_DESCRIPTOR), marker)
    for descriptor in (SOCKET_DESCRIPTOR, MARKER_DESCRIPTOR):
        os.set_inheritable(descriptor, False)
    show_stacks_at_signal(MARKER_DESCRIPTOR)
    await_settings(connection).start()
    show_prints_at_once()
    linted = linting(connection.settings["lint"])
    hooks = open_hooks(connection)
    serve(connection, Surroundings(linted, hooks), lambda: load(connection.settings))


class Surroundings(NamedTuple):
    """What stands around an application in its worker."""

    linted: Callable[[Application, Outbox], Application]
    hooks: WorkerHooks | None


def serve(
    connection: Connection, around: Surroundings, loading: Callable[[], LoadedApplication]
) -> None:
    """Load the application between its hooks, and run requests until no more come."""
    linted, hooks = around
    loaded = _load(connection, hooks, loading)
    settings = connection.settings
    connection.loaded = True
    connection.base = make_base(settings)
    say_loaded(connection, loaded)
    application = linted(loaded.application, connection.outbox)
    asked = hooks if hooks is not None and hooks.has_request_hooks else None

    def answer_one(stream: Stream) -> None:
        answer(application, stream, asked)

    _run_threads(connection, answer_one, int(settings["threads"]))
    if hooks is not None:
        hooks.worker_exit()


def end_with_parent() -> None:
    """Linux kills this process when its parent dies, even while native code holds the GIL."""
    parent = os.getppid()
    set_signal_of_parents_death(signal.SIGKILL)
    if os.getppid() != parent:
        leave()


def set_signal_of_parents_death(number: int) -> None:
    """0 is none; where the system has no such signal, nothing."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes  # noqa: PLC0415 (some builds of Python lack it)

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    except (ImportError, OSError, AttributeError):
        return  # end-of-file on the socket says the same, only not to native code


def open_connection(sock: socket.socket, marker: Marker) -> Connection:
    sock.setblocking(True)
    connection = Connection(sock, marker)
    os.register_at_fork(after_in_child=connection.abandon)
    return connection


def await_settings(connection: Connection) -> Watcher:
    """Take signals from here on; return who is to watch the import that comes next."""
    _take_signals(connection)
    while not connection.settings:
        connection.receive()
    connection.settings.setdefault("lint", "off")
    return Watcher(connection, connection.settings["target"])


def _take_signals(connection: Connection) -> None:
    def drain(_number: int, _frame: StackFrame | None) -> None:
        # A thread, for the main thread may hold the very locks that draining takes.
        start_new_thread(connection.drain, ())

    # Not SIG_IGN: subprocesses of the application would inherit that.
    signal.signal(signal.SIGINT, ignore_signal)
    signal.signal(signal.SIGHUP, ignore_signal)
    signal.signal(signal.SIGTERM, drain)
    take_interrupt_signal(connection.running.values)


def show_stacks_at_signal(marker: int) -> None:
    """C code writes them, also while native code holds the interpreter and no thread can run."""
    if not STACKS_SIGNAL:
        return
    # Behind the marker's own bytes: the gateway reads the file, whatever becomes of this process.
    os.lseek(marker, MARKER_BYTES, os.SEEK_SET)
    faulthandler.register(STACKS_SIGNAL, marker, all_threads=True)


def ignore_signal(_number: int, _frame: StackFrame | None) -> None:
    """Ctrl-C and a closed terminal go to the whole group; the gateway decides."""


def linting(mode: str) -> Callable[[Application, Outbox], Application]:
    """What puts an application under lint; made before our own modules are hidden."""
    if mode == "off":
        return lambda application, _outbox: application
    from .lint import lint  # noqa: PLC0415 (a worker without lint does not load it)

    def linted(application: Application, outbox: Outbox) -> Application:
        def report(finding: Finding) -> None:
            # Of no stream: a finding may come long after its request, or from another thread.
            payload = encode_strings([_latin(text) for text in finding])
            outbox.send_for_connection(FrameType.LOG, LogLevel.FINDING, payload)

        return lint(application, report, follow=mode == "follow")

    return linted


def open_hooks(connection: Connection) -> WorkerHooks | None:
    """Run the gunicorn configuration, where there is one: the first that is not ours."""
    text = connection.settings.get("gunicorn")
    if text is None:
        hide_own_modules()
        return None
    from .worker_hooks import WorkerHooks  # noqa: PLC0415 (few have one, and it costs time)

    hide_own_modules()
    try:
        return WorkerHooks(path_text(text), connection)
    except LoadError as error:
        refuse(connection, error)


def load(settings: dict[str, str]) -> LoadedApplication:
    """Import the application; ``LoadError``."""
    target = path_text(settings["target"])
    pythonpath = [path_text(entry) for entry in settings["pythonpath"].split(":") if entry]
    sys.argv = ["portico", target]
    return load_application(target, path_text(settings["directory"]), pythonpath)


def _load(
    connection: Connection, hooks: WorkerHooks | None, loading: Callable[[], LoadedApplication]
) -> LoadedApplication:
    try:
        if hooks is not None:
            hooks.post_fork()
        loaded = loading()
        if hooks is not None:
            hooks.post_worker_init(loaded.application)
    except LoadError as error:
        if hooks is not None:
            hooks.worker_exit()
        refuse(connection, error)
    return loaded


def refuse(connection: Connection, error: LoadError) -> NoReturn:
    """Tell the gateway why there is no application, and end."""
    if error.trace:
        connection.outbox.log(LogLevel.ERROR, error.trace)
    connection.outbox.go_away(ErrorCode.INTERNAL_ERROR, str(error))
    sys.stdout.flush()
    leave(LOAD_FAILED_STATUS)


def path_text(text: str) -> str:
    """SETTINGS carries UTF-8 seen as latin-1."""
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


def say_loaded(connection: Connection, loaded: LoadedApplication) -> None:
    """Queue the SETTINGS that say what was loaded, and with what."""
    values = {
        "version": BRIDGE_VERSION,
        "pid": str(os.getpid()),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": _latin(sys.executable),
        "threads": connection.settings["threads"],
        "target": _latin(loaded.target),
        "stacks_signal": str(STACKS_SIGNAL),
    }
    payload = encode_strings([text for pair in values.items() for text in pair])
    connection.outbox.send_for_connection(FrameType.SETTINGS, 0, payload)


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
