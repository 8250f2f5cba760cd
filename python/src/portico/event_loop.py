"""Runs coroutines where there is nothing to select: no socket, thread or process, only timers.

Pyodide's own loop is a part of JavaScript's, which turns when Python has returned; while a worker
serves, that is never. So asyncio gets back the loops of CPython, over a selector that only waits.
"""

from __future__ import annotations

import asyncio.unix_events
from asyncio.base_events import BaseEventLoop
from typing import TYPE_CHECKING, Any, ClassVar, Final

from .missing_means import no_process, no_socket, no_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from .given_means import MeansHost

# Seconds, in one piece; as asyncio has it of its selectors.
_LONGEST_WAIT: Final = 24 * 3600

# What would reach another machine, or wait for one. Each is awaited.
_OF_SOCKETS: Final = (
    *("create_connection", "create_server", "create_datagram_endpoint", "start_tls", "sendfile"),
    *("create_unix_connection", "create_unix_server", "connect_accepted_socket"),
    *("getaddrinfo", "getnameinfo", "sock_connect", "sock_accept", "sock_sendall", "sock_sendto"),
    *("sock_recv", "sock_recv_into", "sock_recvfrom", "sock_recvfrom_into", "sock_sendfile"),
)
_OF_PROCESSES: Final = ("subprocess_shell", "subprocess_exec")


class _Timers:
    """As much of a selector as `BaseEventLoop` asks of its."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep

    def select(self, timeout: float | None) -> list[Any]:
        """Wait for `timeout` seconds, or for ever; less where a signal comes, which may call."""
        if timeout is None or timeout > 0:
            self._sleep((_LONGEST_WAIT if timeout is None else timeout) * 1000)
        return []


class SelectorEventLoop(BaseEventLoop):
    """By the name of CPython's, whose place it takes."""

    # Of the interpreter, once it is there.
    sleep: ClassVar[Callable[[float], None]]
    _default_executor: Any

    def __init__(self, _selector: object = None) -> None:
        """Whatever the selector is: there is nothing to select."""
        super().__init__()
        self._selector = _Timers(type(self).sleep)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        if executor is None and self._default_executor is None:
            no_thread()
        return super().run_in_executor(executor, func, *args)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002
        """In this thread, where the original waits in another."""
        self._executor_shutdown_called = True
        if self._default_executor is not None:
            self._default_executor.shutdown(wait=True)

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Who could call sleeps with it, or is a signal's handler, which has woken it."""


async def _refuse_socket(*_arguments: Any, **_options: Any) -> None:
    no_socket()


async def _refuse_process(*_arguments: Any, **_options: Any) -> None:
    no_process()


for _name in _OF_SOCKETS:
    setattr(SelectorEventLoop, _name, _refuse_socket)
for _name in _OF_PROCESSES:
    setattr(SelectorEventLoop, _name, _refuse_process)


def give_event_loop(host: MeansHost) -> None:
    """For good: in a whole interpreter, wherever asyncio has a name for its loops."""
    SelectorEventLoop.sleep = staticmethod(host.sleep)
    loops: Any = asyncio.unix_events
    modules: tuple[Any, ...] = (asyncio, loops)
    for module in modules:
        module.SelectorEventLoop = module.EventLoop = SelectorEventLoop
    loops._DefaultEventLoopPolicy._loop_factory = SelectorEventLoop  # noqa: SLF001 (there is no other way in)
    events: Any = asyncio.events
    # What Pyodide has put in their place.
    events._set_event_loop_policy(None)  # noqa: SLF001 (the public one warns)
    events._set_running_loop(None)  # noqa: SLF001 (there is no other way out of it)
    asyncio.run = asyncio.runners.run
