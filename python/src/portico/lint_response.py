"""start_response and write() under lint, and what the body must keep to after them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .lint_evidence import kind_of, shown, text_or_kind
from .lint_head import ResponseHead, broken_exc_info, broken_in_head, read_head
from .lint_request import LintedRequest


class LintedResponse:
    """One answer: what was started, and how many bytes of it there were."""

    def __init__(self, start_response: Any, request: LintedRequest, method: object) -> None:
        self._start_response = start_response
        self._request = request
        self._is_head_request = method == "HEAD"
        # Handled already when the application was called: it is someone else's error.
        self._handled_outside = id(sys.exc_info()[1])
        self._starts = 0
        # Whether it is told already that a body came without.
        self._is_unstarted_told = False
        self._head: ResponseHead | None = None
        self._bytes = 0
        # While write() of the application inside passes through middleware's own.
        self.is_writing = False
        self.has_returned = False
        self.is_over = False

    def start(self, *args: Any, **keywords: Any) -> Any:
        """The `start_response` that the application is given."""
        request, outer = self._request, self._request.outer
        status, headers, exc_info = self._arguments(args, keywords)
        self._check_start(status, headers, exc_info)
        self._starts += 1
        request.plain_starts += not exc_info
        plain_starts = outer.plain_starts if outer else 0
        try:
            write = self._start_response(*args, **keywords)
        except BaseException as error:
            request.came_from_server(error)
            request.refused_exc_info = bool(exc_info)
            raise
        finally:
            has_exc_info = bool(exc_info)
            # A traceback kept would keep this frame, and so the whole request.
            del exc_info, args, keywords
        if outer is not None and has_exc_info and outer.plain_starts > plain_starts:
            self._tell_dropped()
        self._head = read_head(status, headers)
        if not callable(write):
            evidence = f"start_response returned {kind_of(write)}"
            request.tell("start-response-returns-write", evidence)
            return write
        return self._linted(write)

    def give(self, item: Any) -> None:
        """An item of the iterable is on its way out."""
        if not self._starts:
            self._tell_unstarted("first item")
        if type(item) is bytes:
            self._count(item)
        else:
            self._request.tell("body-bytes", f"an item of the body is {text_or_kind(item)}")

    def end(self, *, is_whole: bool) -> None:
        """Nothing more will come; `is_whole` if the iterable was asked to its end."""
        if self.is_over:
            return
        self.is_over = True
        if is_whole and not self._starts:
            self._tell_unstarted("body's end")
        head = self._head
        if head is None or head.content_length is None or self._has_no_body(head):
            return
        if is_whole and self._bytes < head.content_length:
            evidence = (
                f"Content-Length is {head.content_length}, and the body has {self._bytes} bytes"
            )
            self._request.tell("content-length-short", evidence)

    def _arguments(self, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any, Any]:
        if keywords:
            names = "=, ".join(sorted(keywords))
            self._request.tell(
                "start-response-positional", f"start_response was called with {names}="
            )
        count = len(args) + len(keywords)
        if count not in (2, 3):
            self._request.tell(
                "start-response-arguments", f"start_response was called with {count} arguments"
            )
        given: dict[str, Any] = dict(zip(("status", "headers", "exc_info"), args))
        given.update(keywords)
        headers = given.get("headers", given.get("response_headers"))
        return given.get("status"), headers, given.get("exc_info")

    def _check_start(self, status: Any, headers: Any, exc_info: Any) -> None:
        tell = self._request.tell
        for broken in (*broken_in_head(status, headers), *broken_exc_info(exc_info)):
            tell(*broken)
        if exc_info:
            return
        if self._starts:
            what = f"called again without exc_info, with the status {shown(status)}"
            tell("start-response-twice", f"start_response was {what}")
        handled = sys.exc_info()[1]
        if handled is None or id(handled) == self._handled_outside:
            return
        if isinstance(status, str) and status.startswith("5"):
            what = (
                f"the status {shown(status)} was started while {type(handled).__name__} was handled"
            )
            tell("exc-info-missing", what)

    def _tell_dropped(self) -> None:
        what = "the inner application gave exc_info, and the server's start_response got none"
        self._request.tell("middleware-exc-info", what)

    def _tell_unstarted(self, what: str) -> None:
        if not self._is_unstarted_told:
            self._is_unstarted_told = True
            evidence = f"start_response was not called before the {what}"
            self._request.tell("start-response-called", evidence)

    def _linted(self, write: Callable[[Any], Any]) -> Callable[..., Any]:
        request = self._request

        def linted_write(*args: Any, **keywords: Any) -> Any:
            self._check_write(args[0] if args else next(iter(keywords.values()), None))
            self.is_writing = True
            try:
                return write(*args, **keywords)
            except BaseException as error:
                request.came_from_server(error)
                raise
            finally:
                self.is_writing = False

        return linted_write

    def _check_write(self, data: Any) -> None:
        tell = self._request.tell
        tell("write-used", "write() was called")
        if self.is_over:
            tell("write-after-end", "write() was called after the end of the response")
        elif self.has_returned:
            tell("write-in-iteration", "write() was called after the iterable was returned")
        if type(data) is not bytes:
            tell("write-bytes", f"write() was given {text_or_kind(data)}")
            return
        self._count(data)
        if any(inner.has_given(data) for inner in self._request.inners):
            what = "the server's write() was called for an item of the inner iterable"
            tell("middleware-write", what)

    def _count(self, data: bytes) -> None:
        self._bytes += len(data)
        head = self._head
        if not data or head is None or self._is_head_request:
            return
        length, before = head.content_length, self._bytes - len(data)
        if length is not None and before <= length < self._bytes and head.may_have_body:
            evidence = f"Content-Length is {length}, and the body has {self._bytes} bytes or more"
            self._request.tell("content-length-long", evidence)
        if not head.may_have_body:
            evidence = f"a body comes with the status {head.status[:3]}"
            self._request.tell("body-for-no-content", evidence)
        elif not head.has_content_type:
            evidence = f"the response {head.status[:3]} has a body and no Content-Type"
            self._request.tell("content-type-missing", evidence)

    def _has_no_body(self, head: ResponseHead) -> bool:
        return self._is_head_request or not head.may_have_body
