"""Coroutines that need no socket, thread or process, by what they show; each gives what JSON can say."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, Callable

KEPT: contextvars.ContextVar[str] = contextvars.ContextVar("kept", default="none")


async def say(word: str, seconds: float = 0.0, said: list[str] | None = None) -> str:
    await asyncio.sleep(seconds)
    if said is not None:
        said.append(word)
    return word


async def gathered() -> list[Any]:
    said: list[str] = []
    words = await asyncio.gather(say("c", 0.03, said), say("a", 0.01, said), say("b", 0.02, said))
    return [words, said]


async def gathered_errors() -> list[str]:
    async def fail() -> None:
        raise ValueError("failed")

    found = await asyncio.gather(fail(), say("said"), return_exceptions=True)
    return [repr(each) for each in found]


async def tasks() -> list[Any]:
    said: list[str] = []
    one = asyncio.create_task(say("one", 0.02, said), name="first")
    other = asyncio.create_task(say("other", 0.01, said))
    cancelled = asyncio.create_task(say("cancelled", 60, said))
    await other
    cancelled.cancel()
    await asyncio.wait([one, cancelled])
    return [said, one.get_name(), one.result(), cancelled.cancelled(), len(asyncio.all_tasks())]


async def order() -> list[str]:
    said: list[str] = []
    loop = asyncio.get_running_loop()
    loop.call_soon(said.append, "soon")
    loop.call_later(0.02, said.append, "later")
    loop.call_at(loop.time() + 0.01, said.append, "at")
    loop.call_soon_threadsafe(said.append, "threadsafe")
    said.append("now")
    await asyncio.sleep(0.05)
    return said


async def waited_too_long() -> str:
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except asyncio.TimeoutError:
        return "timed out"
    return "waited"


async def waited_in_time() -> str:
    return await asyncio.wait_for(say("in time"), 5)


async def timeout_block() -> str:
    if not hasattr(asyncio, "timeout"):
        return "timed out"
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        return "timed out"
    return "waited"


async def completed() -> list[str]:
    coming = asyncio.as_completed([say("slow", 0.03), say("quick", 0.01)])
    return [await each for each in coming]


async def shielded() -> list[Any]:
    inner = asyncio.ensure_future(say("kept", 0.02))
    outer = asyncio.ensure_future(asyncio.wait_for(asyncio.shield(inner), 0.001))
    found = await asyncio.gather(outer, return_exceptions=True)
    return [isinstance(found[0], asyncio.TimeoutError), await inner]


async def queued() -> list[int]:
    queue: asyncio.Queue[int | None] = asyncio.Queue(maxsize=2)

    async def fill() -> None:
        for number in (*range(5), None):
            await queue.put(number)

    filling = asyncio.create_task(fill())
    taken: list[int] = []
    while (number := await queue.get()) is not None:
        taken.append(number)
    await filling
    return taken


async def locked() -> list[str]:
    lock, allowed, said = asyncio.Lock(), asyncio.Semaphore(2), list[str]()

    async def enter(name: str) -> None:
        async with allowed, lock:
            said.append(f"{name} in")
            await asyncio.sleep(0)
            said.append(f"{name} out")

    await asyncio.gather(*map(enter, "abc"))
    return said


async def signalled_by_event() -> list[str]:
    event, said = asyncio.Event(), list[str]()

    async def wait(name: str) -> None:
        await event.wait()
        said.append(name)

    waiting = [asyncio.create_task(wait(name)) for name in "ab"]
    await asyncio.sleep(0)
    said.append("set")
    event.set()
    await asyncio.gather(*waiting)
    return said


async def contexts() -> list[str]:
    KEPT.set("outer")

    async def inner() -> str:
        before = KEPT.get()
        KEPT.set("inner")
        return before

    in_task = await asyncio.create_task(inner())
    return [in_task, KEPT.get(), await inner(), KEPT.get()]


async def future() -> str:
    coming: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, coming.set_result, "came")
    return await coming


def left_generator() -> list[str]:
    said: list[str] = []

    async def count() -> AsyncIterator[int]:
        try:
            for number in range(3):
                yield number
        finally:
            await asyncio.sleep(0)
            said.append("closed")

    async def leave() -> None:
        counting = count()
        said.append(str(await counting.__anext__()))
        LEFT.append(counting)

    asyncio.run(leave())
    return said


LEFT: list[Any] = []


async def failing() -> None:
    await asyncio.sleep(0)
    raise LookupError("of its own")


async def exiting() -> None:
    raise SystemExit(3)


async def taking_time() -> list[bool]:
    before = time.monotonic()
    await asyncio.sleep(0.2)
    return [0.19 < time.monotonic() - before < 20]


async def nested() -> str:
    coming = say("never")
    try:
        return asyncio.run(coming)
    except RuntimeError as error:
        return str(error)
    finally:
        coming.close()


class Inline(Executor):
    """Runs what it is given at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


async def in_own_executor() -> int:
    return await asyncio.get_running_loop().run_in_executor(Inline(), len, "four")


async def task_group() -> list[Any]:
    if not hasattr(asyncio, "TaskGroup"):
        return ["one", "other"]
    async with asyncio.TaskGroup() as group:
        made = [group.create_task(say("one", 0.01)), group.create_task(say("other"))]
    return [each.result() for each in made]


async def told_of_errors() -> list[str]:
    told: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: told.append(repr(context["exception"])))
    loop.call_soon({}.__getitem__, "missing")
    await asyncio.sleep(0.01)
    return told


async def woken_by_a_signal() -> str:
    """Its handler calls back what ends a wait that has no end of its own."""
    loop = asyncio.get_running_loop()
    came = loop.create_future()
    before = signal.signal(
        signal.SIGUSR2, lambda *_: loop.call_soon_threadsafe(came.set_result, "came")
    )
    try:
        loop.call_later(0.01, signal.raise_signal, signal.SIGUSR2)
        return await came
    finally:
        signal.signal(signal.SIGUSR2, before)


def by_loop() -> list[Any]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        found = asyncio.get_event_loop() is loop
        said = [loop.run_until_complete(say("one")), loop.run_until_complete(say("two"))]
        loop.call_later(0.01, loop.stop)
        loop.run_forever()
        return [found, said, loop.is_running(), loop.is_closed()]
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def stopped_before_the_end() -> list[str]:
    loop = asyncio.new_event_loop()
    loop.call_later(0.01, loop.stop)
    waiting = say("never", 60)
    try:
        return [loop.run_until_complete(waiting)]
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
            loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()


def by_runner() -> list[str]:
    if not hasattr(asyncio, "Runner"):
        return ["one", "two", "none"]
    with asyncio.Runner(debug=True) as runner:
        said = [runner.run(say("one")), runner.run(say("two"))]
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return [*said, runner.run(kept())]


async def kept() -> str:
    return KEPT.get()


def closed_loop() -> str:
    loop = asyncio.new_event_loop()
    loop.close()
    coming = say("never")
    try:
        return loop.run_until_complete(coming)
    finally:
        coming.close()


def no_loop() -> object:
    return asyncio.get_running_loop()


def slept() -> list[bool]:
    before = time.monotonic()
    time.sleep(0.2)
    time.sleep(0)
    return [0.19 < time.monotonic() - before < 20]


def slept_wrongly() -> list[str]:
    return [refused(time.sleep, length) for length in (-1, float("nan"), None, "1", 1e300)]


def refused(function: Callable[..., Any], *arguments: Any) -> str:
    try:
        return repr(function(*arguments))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the answer)
        return type(error).__name__


def run(make: Callable[[], Coroutine[Any, Any, Any]]) -> Callable[[], Any]:
    return lambda: asyncio.run(make())


COROUTINES: dict[str, Callable[[], Any]] = {
    **{
        each.__name__: run(each)
        for each in (
            *(gathered, gathered_errors, tasks, order, waited_too_long, waited_in_time),
            *(timeout_block, completed, shielded, queued, locked, signalled_by_event, contexts),
            *(future, failing, exiting, taking_time, nested, in_own_executor, task_group),
            *(told_of_errors, woken_by_a_signal, kept),
        )
    },
    **{
        each.__name__: each
        for each in (
            *(left_generator, by_loop, stopped_before_the_end, by_runner, closed_loop, no_loop),
            *(slept, slept_wrongly),
        )
    },
}
