"""Where threads are, in words."""

from __future__ import annotations

import linecache
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from portico.thread_stacks import MAX_FRAMES, NOWHERE, describe_stacks


@contextmanager
def waiting(
    enter: Callable[[Callable[[], object]], object], name: str
) -> Generator[int, None, None]:
    """A thread that waits at the end of what `enter` calls."""
    there, leave = threading.Event(), threading.Event()

    def wait_here() -> None:
        there.set()
        leave.wait()

    thread = threading.Thread(target=enter, args=(wait_here,), name=name)
    thread.start()
    try:
        there.wait()
        yield thread.ident or 0
    finally:
        leave.set()
        thread.join()


def at_once(wait: Callable[[], object]) -> None:
    wait()


def deep_down(wait: Callable[[], object], depth: int = 200) -> None:
    if depth:
        deep_down(wait, depth - 1)
    else:
        wait()


def test_a_stack_begins_with_what_the_thread_was_started_for() -> None:
    with waiting(at_once, "asked") as asked, waiting(at_once, "other"):
        own, others = describe_stacks(asked)
    assert own.split("\n")[0].endswith(", in at_once")
    assert "\n    leave.wait()\n" in own
    assert "Thread other:\n" in others
    assert "Thread asked:" not in others


def test_of_a_deep_stack_the_innermost_frames_are_shown() -> None:
    with waiting(deep_down, "deep") as deep:
        own, _ = describe_stacks(deep)
    assert own.count(", in ") < MAX_FRAMES
    assert "leave.wait()" in own


def test_a_thread_that_is_gone_is_nowhere() -> None:
    assert describe_stacks(-1)[0] == NOWHERE


def test_lines_that_cannot_be_read_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no source")

    monkeypatch.setattr(linecache, "checkcache", fail)
    with waiting(at_once, "asked") as asked:
        own, _ = describe_stacks(asked)
    assert own == "  (its lines cannot be read: ValueError: no source)"
