"""Ends a request that took too long: raises an exception in its thread, and in no other request.

The thread's side is in Stream: it says that it is exposed no more, then looks for an interruption.
This side says that there is one, then looks whether the thread is exposed. In whatever order these
four steps run, nothing is raised where the thread does not expect it.
"""

from __future__ import annotations

import signal
import threading
from _thread import allocate_lock, get_ident
from collections.abc import Callable
from types import FrameType as StackFrame
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from .errors import RequestTimeout

if TYPE_CHECKING:
    from collections.abc import Iterable

# What is ignored where nobody takes it, is sent by no library, and comes from the kernel only to
# who asked to be told of urgent data on a socket: a stray one harms nobody.
INTERRUPT_SIGNAL: Final = signal.SIGURG

RaiseInThread = Callable[[int, "type[BaseException] | None"], None]


class Interruptible(Protocol):
    """What runs in the main thread, as its signal handler sees it."""

    thread: int
    exposed: bool
    interruption: Interruption | None


class Interruption:
    """What one request's thread is to raise, once; made by whoever reads the gateway's frames."""

    __slots__ = ("_kind", "_lock", "_thread", "was_raised")

    def __init__(self, thread: int, reason: str) -> None:
        self._thread = thread
        self._lock = allocate_lock()
        self.was_raised = False
        self._kind = _raisable(self, reason)

    def begin(self, stream: Interruptible) -> str | None:
        """Interrupt the thread if it is exposed; says what keeps that from being done, if any."""
        with self._lock:
            stream.interruption = self
            return self._strike() if stream.exposed else None

    def settle(self) -> None:
        """In the thread, no longer exposed: from here on nothing is raised in it any more."""
        with self._lock:
            if _raise_in_thread is not None:
                _raise_in_thread(get_ident(), None)

    def raise_once(self) -> None:
        """The same, but what has not struck yet is raised here."""
        self.settle()
        if not self.was_raised:
            self.throw()

    def throw(self) -> NoReturn:
        raise self._kind

    def _strike(self) -> str | None:
        if self._thread == threading.main_thread().ident and _takes_signal():
            # Unlike any other thread it can be called out of a system call and out of a lock.
            _signal_main_thread(self._thread)
            return None
        if _raise_in_thread is None:
            return "this Python has no ctypes"
        _raise_in_thread(self._thread, self._kind)
        return None


def take_interrupt_signal(running: Callable[[], Iterable[Interruptible]]) -> None:
    """Called in the main thread, before the application can want the signal for itself."""
    main = get_ident()

    def interrupt(_number: int, _frame: StackFrame | None) -> None:
        for stream in list(running()):
            if stream.thread == main and stream.exposed:
                interruption = stream.interruption
                if interruption is not None and not interruption.was_raised:
                    interruption.throw()

    signal.signal(INTERRUPT_SIGNAL, interrupt)
    _handlers.append(interrupt)


# Ours, to be told from one that the application has put in its place.
_handlers: Final[list[object]] = []


def _signal_main_thread(thread: int) -> None:
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, INTERRUPT_SIGNAL)
    else:
        # Where there is no other thread, this is it.
        signal.raise_signal(INTERRUPT_SIGNAL)


def _takes_signal() -> bool:
    return signal.getsignal(INTERRUPT_SIGNAL) in _handlers


def _raisable(interruption: Interruption, reason: str) -> type[RequestTimeout]:
    """CPython raises no instance in another thread, only a class, and makes the instance there."""

    class Raisable(RequestTimeout):
        __module__ = RequestTimeout.__module__

        def __init__(self) -> None:
            interruption.was_raised = True
            super().__init__(reason)

    Raisable.__name__ = Raisable.__qualname__ = RequestTimeout.__name__
    return Raisable


def _find_raise_in_thread() -> RaiseInThread | None:
    try:
        import ctypes  # noqa: PLC0415 (some builds of Python lack it)

        function = ctypes.pythonapi.PyThreadState_SetAsyncExc
    except (ImportError, OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_ulong, ctypes.py_object)

    def raise_in_thread(thread: int, kind: type[BaseException] | None) -> None:
        function(thread, ctypes.py_object() if kind is None else ctypes.py_object(kind))

    return raise_in_thread


_raise_in_thread: Final = _find_raise_in_thread()
