"""The iterable of an application under lint: each step and close() pass through and are judged."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from .lint_evidence import is_a, is_exactly, kind_of, text_or_kind
from .lint_request import THE_BODY, THE_CLOSE, Inner, LintedRequest, Running
from .lint_response import LintedResponse


class GivenList:
    """A list or tuple went out as it is: the server may know its length and send it whole."""

    def __init__(self, items: Sequence[Any], response: LintedResponse) -> None:
        self._items = items
        for item in items:
            response.give(item)
        response.end(is_whole=True)

    def has_given(self, data: bytes) -> bool:
        """Whether it is one of the items; a single byte is one object wherever it comes from."""
        return len(data) > 1 and any(data is item for item in self._items)

    def tell_if_unclosed(self) -> None:
        """There is nothing to close."""


class Closing:
    """Counts the calls of an iterable's close(), which whoever asked for it owes."""

    def __init__(self, body: Any, request: LintedRequest) -> None:
        self._request = request
        self.is_owed = hasattr(body, "close")
        self._calls = 0
        self._is_told = False

    def called(self) -> None:
        self._calls += 1
        if self._calls > 1 and self.is_owed:
            self._tell("called a second time")

    def tell_if_unclosed(self) -> None:
        if self.is_owed and not self._calls and not self._is_told:
            self._is_told = True
            self._tell("never called")

    def _tell(self, what: str) -> None:
        if self._request.outer is None:
            self._request.tell("close-once", f"close() was {what}")
        else:
            self._request.tell("middleware-close", f"close() of the inner iterable was {what}")


class LintedBody:
    """Stands for an iterable that is no list."""

    def __init__(self, body: Any, request: LintedRequest, response: LintedResponse) -> None:
        self._body = body
        self._request = request
        self._response = response
        self._iterator: Iterator[Any] | None = None
        self._closing = Closing(body, request)
        self._is_closed = False
        self._given = 0
        self._last: Any = None
        # Of the lint outside: what it had given when this iterable was first asked.
        self._items_before: int | None = None
        self._length = _length_of(body)

    def __iter__(self) -> LintedBody:
        self._iterate()
        return self

    def __next__(self) -> Any:
        self._check_turn()
        response = self._response
        # Not by its truth: an iterator may have a len() that has come to 0.
        iterator = self._iterate() if self._iterator is None else self._iterator
        try:
            with Running(self._request, THE_BODY):
                item = next(iterator)
        except StopIteration:
            self._check_length()
            response.end(is_whole=True)
            raise
        response.give(item)
        self._given += 1
        self._last = item
        self._request.items += 1
        return item

    def close(self) -> None:
        """What the server calls; also where the iterable has no close() of its own."""
        self._closing.called()
        self._is_closed = True
        self._last = None
        try:
            if self._closing.is_owed:
                with Running(self._request, THE_CLOSE):
                    self._body.close()
        finally:
            self._response.end(is_whole=False)
            self._request.end(self._body)

    def __del__(self) -> None:
        if not sys.is_finalizing() and not self._is_closed:
            self._closing.tell_if_unclosed()
            self._request.end(self._body)

    def has_given(self, data: bytes) -> bool:
        """Whether it is the last item, and not on its way through write() of the one inside."""
        return len(data) > 1 and data is self._last and not self._response.is_writing

    def tell_if_unclosed(self) -> None:
        self._closing.tell_if_unclosed()

    def _iterate(self) -> Iterator[Any]:
        with Running(self._request, THE_BODY):
            self._iterator = iterator = iter(self._body)
        return iterator

    def _check_turn(self) -> None:
        if self._is_closed:
            self._request.tell("iterated-after-close", "an item was asked for after close()")
        outer = self._request.outer
        if outer is None:
            return
        if self._items_before is None:
            self._items_before = outer.items
        given = outer.items - self._items_before
        if given < self._given:
            evidence = (
                "the inner iterable was asked for another item before one came out for the last"
            )
            self._request.tell("middleware-blocks", evidence)

    def _check_length(self) -> None:
        if self._length is not None and self._length != self._given:
            evidence = f"len() is {self._length}, and the iterable gave {self._given} items"
            self._request.tell("len-accurate", evidence)


class SizedLintedBody(LintedBody):
    """The same where len() works."""

    def __len__(self) -> int:
        return len(self._body)


def _length_of(body: Any) -> int | None:
    try:
        return len(body)
    except Exception:
        return None  # as PEP 3333 allows


class GivenFile:
    """The server's file wrapper went out as it is, for it to be sent as a file."""

    def __init__(self, body: Any, request: LintedRequest, response: LintedResponse) -> None:
        self._closing = Closing(body, request)
        original = getattr(body, "close", None)

        def close() -> None:
            self._closing.called()
            if original is not None:
                original()
            response.end(is_whole=False)
            request.end(body)

        try:
            if original is not None:
                body.close = close
        except AttributeError:
            # Written in C: its close() cannot be seen.
            self._closing.is_owed = False

    def has_given(self, data: bytes) -> bool:  # noqa: ARG002 (its items cannot be seen)
        return False

    def tell_if_unclosed(self) -> None:
        self._closing.tell_if_unclosed()


def take_body(
    body: Any, request: LintedRequest, response: LintedResponse, file_wrapper: object
) -> Any:
    """The application's body as it goes out: itself where a server may look at its type."""
    inner: Inner | None = None
    given = body
    response.has_returned = True
    if is_a(body, str, bytes, bytearray, memoryview):
        request.tell("returns-no-string", _returned_string(body))
    elif not hasattr(body, "__iter__") and not hasattr(body, "__getitem__"):
        request.tell("returns-iterable", f"the application returned {kind_of(body)}")
    elif is_exactly(body, list, tuple):
        inner = GivenList(body, response)
    elif isinstance(file_wrapper, type) and isinstance(body, file_wrapper):
        inner = GivenFile(body, request, response)
    else:
        sized = SizedLintedBody if _is_sized(body) else LintedBody
        inner = given = sized(body, request, response)
    if inner is not None and request.outer is not None:
        request.outer.inners.append(inner)
    if inner is None or isinstance(inner, GivenList):
        response.is_over = True
        request.end(body)
    return given


def _is_sized(body: object) -> bool:
    return hasattr(type(body), "__len__")


def _returned_string(body: Any) -> str:
    what = text_or_kind(body)
    return f"the application returned {what}{'' if isinstance(body, str) else ', not in a list'}"
