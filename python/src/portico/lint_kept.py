"""environ-kept: whether an application holds on to the environ of a request that is over.

What is in the environ of a request (uploads, files) must be let go of as it would be without lint.
A mark in it, weakly referenced, shows whether it still lives when the next request begins. Only one
that somebody else keeps then is held here, to see what changes in it, until a request finds that
nobody else has it.
"""

from __future__ import annotations

import gc
import sys
import time
import weakref
from _thread import allocate_lock, get_ident
from collections import deque
from itertools import count
from typing import Any, Final, NamedTuple

from .lint_evidence import is_exactly, shown
from .lint_request import NESTING_KEY, LintedRequest, Nesting

# An environ that lives after so many more requests is kept; until then it may wait for the
# collector, or be the last one of a framework's thread.
MAX_AGE_REQUESTS: Final = 32

# Looking through all objects takes milliseconds: not oftener than this part of the time.
_MAX_SHARE: Final = 0.1
_COLLECT_SECONDS: Final = 1.0
# The threads whose last environs are remembered, and the variables that one finding names.
_MAX_THREADS: Final = 1024
_MAX_NAMES: Final = 3

Snapshot = dict[Any, int]


class Finished(NamedTuple):
    """A request that is over, whose environ somebody still has."""

    mark: weakref.ref[Nesting]
    request: LintedRequest
    environ: dict[Any, Any]
    snapshot: Snapshot
    number: int


class EnvironWatch:
    """All environs of one linted application, on all threads."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._last: dict[int, tuple[weakref.ref[Nesting], LintedRequest]] = {}
        self._kept: deque[Finished] = deque(maxlen=2 * MAX_AGE_REQUESTS)
        self._numbers = count()
        self._number = 0
        self._may_look_at = 0.0
        self._may_collect_at = 0.0

    def begin(self, nesting: Nesting) -> None:
        """A request begins: the one before it on this thread is over, whatever its body was."""
        # PyPy says nothing of who refers to what, and frees when it likes.
        if sys.implementation.name != "cpython":
            return
        thread = get_ident()
        number = next(self._numbers)
        before = self._last.pop(thread, None)
        if len(self._last) < _MAX_THREADS:
            self._last[thread] = (weakref.ref(nesting), nesting.request)
        # Nobody waits for it: a finalizer that the collector runs may call the application, or wait
        # for a thread that does.
        if not self._lock.acquire(False):
            return
        try:
            self._number = number
            if before is not None and before[0]() is not None:
                self._find(*before)
            found = self._changes() + self._old()
        finally:
            self._lock.release()
        for request, evidence in found:
            request.tell("environ-kept", evidence)

    def _find(self, mark: weakref.ref[Nesting], request: LintedRequest) -> None:
        now = time.perf_counter()
        if now < self._may_look_at:
            return
        for holder in gc.get_referrers(mark()):
            if is_exactly(holder, dict) and holder.get(NESTING_KEY) is mark():
                snapshot = _snapshot(holder)
                self._kept.append(Finished(mark, request, holder, snapshot, self._number))
                break
        self._may_look_at = now + (time.perf_counter() - now) / _MAX_SHARE

    def _changes(self) -> list[tuple[LintedRequest, str]]:
        """What has changed; those that nobody else has any more are let go of."""
        found: list[tuple[LintedRequest, str]] = []
        for _ in range(len(self._kept)):
            finished = self._kept.popleft()
            snapshot = _snapshot(finished.environ)
            if snapshot != finished.snapshot:
                what = _difference(finished.snapshot, snapshot)
                found.append((finished.request, f"after the end of its request, {what}"))
                finished = finished._replace(snapshot=snapshot)
            # The tuple's reference and the call's own: who has changed it may have let go since.
            if sys.getrefcount(finished.environ) > 2:
                self._kept.append(finished)
        return found

    def _old(self) -> list[tuple[LintedRequest, str]]:
        """Those that live although the collector has run."""
        now = time.perf_counter()
        is_due = bool(self._kept) and self._is_old(self._kept[0])
        if not is_due or now < self._may_collect_at:
            return []
        # Without the environs, of which nothing here may hold one now.
        old = [(each.mark, each.request) for each in self._kept if self._is_old(each)]
        for _ in old:
            self._kept.popleft()
        gc.collect()
        found = [(request, _kept_by(mark)) for mark, request in old if mark() is not None]
        self._may_collect_at = now + _COLLECT_SECONDS
        return found

    def _is_old(self, finished: Finished) -> bool:
        return finished.number <= self._number - MAX_AGE_REQUESTS


def _snapshot(environ: dict[Any, Any]) -> Snapshot:
    # A copy first: another thread may be changing it.
    return {name: id(value) for name, value in environ.copy().items()}


def _difference(before: Snapshot, after: Snapshot) -> str:
    changed = [
        f"environ[{shown(name)}] was {'removed' if name not in after else 'set'}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    return ", ".join(changed[:_MAX_NAMES])


def _kept_by(mark: weakref.ref[Nesting]) -> str:
    evidence = f"it is still referred to {MAX_AGE_REQUESTS} requests later"
    environs = [holder for holder in gc.get_referrers(mark()) if is_exactly(holder, dict)]
    wanted = {id(environ) for environ in environs}
    for environ in environs:
        wanted.update(map(id, gc.get_referrers(environ)))
    wanted.discard(id(environs))
    names = [
        f"{module_name}.{name}"
        for module_name, module in list(sys.modules.items())
        for name, value in list(getattr(module, "__dict__", {}).items())
        if id(value) in wanted and not name.startswith("__")
    ]
    return f"{evidence}, in {', '.join(names[:_MAX_NAMES])}" if names else evidence
