"""The server half of PEP 3333: calls an application and sends what it answers.

Mirrors src/gateway/run-application.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Optional, Union

from .errors import ApplicationError, ClientDisconnected
from .file_wrapper import FileWrapper, RegularFile, find_regular_file
from .frames import LogLevel
from .head import Head, encode_early_hints, encode_head
from .streams import Stream

ExcInfo = Union[
    tuple[type[BaseException], BaseException, Optional[TracebackType]], tuple[None, None, None]
]
Application = Callable[..., Iterable[bytes]]


def run_application(application: Application, environ: dict[str, Any], stream: Stream) -> None:
    """Answer one request; what the application raises passes through."""
    response = StartedResponse(stream, environ.get("REQUEST_METHOD") == "HEAD")
    environ["wsgi.early_hints"] = response.early_hints
    body = application(environ, response.start)
    kind = type(body)
    if kind is list or kind is tuple:
        response.send_ready(body)  # pyright: ignore[reportArgumentType]
        return
    if body is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise ApplicationError("the application returned None, not an iterable of bytes")
    try:
        file = find_regular_file(body.filelike) if type(body) is FileWrapper else None
        if file is None or not response.send_file(file):
            response.send_items(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


class StartedResponse:
    """What `start_response` remembers, and how much of the answer has left."""

    __slots__ = (
        "_has_body",
        "_head",
        "_head_sent",
        "_is_head_request",
        "_left",
        "_start_called",
        "_stream",
        "_was_cut",
    )

    def __init__(self, stream: Stream, is_head_request: bool) -> None:
        self._stream = stream
        self._is_head_request = is_head_request
        self._start_called = False
        self._head: Head | None = None
        self._head_sent = False
        self._has_body = True
        # What Content-Length still allows; None where nothing was said.
        self._left: int | None = None
        self._was_cut = False

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """The `start_response` that the application is given."""
        if exc_info:
            try:
                if self._head_sent:
                    error = exc_info[1] or ApplicationError("exc_info holds no exception")
                    raise error.with_traceback(exc_info[2])
            finally:
                # PEP 3333: keep no reference, the traceback would hold this frame for ever.
                exc_info = error = None
        elif self._start_called:
            raise ApplicationError("start_response called twice without exc_info")
        self._start_called = True
        self._head = None
        self._head = head = encode_head(status, headers)
        self._has_body = head.has_body and not self._is_head_request
        self._left = head.content_length if self._has_body else None
        return self.write

    def early_hints(self, headers: list[tuple[str, str]]) -> None:
        """The `wsgi.early_hints` that the environ holds: a 103 response that leaves at once."""
        payload = encode_early_hints(headers)
        if self._head_sent or self._stream.ended:
            raise ApplicationError("wsgi.early_hints called after the response began")
        self._stream.send_early_hints(payload)
        self._stream.flush()

    def write(self, chunk: bytes) -> None:
        """The `write` that `start_response` returns."""
        if type(chunk) is not bytes:
            _check_bytes(chunk)
        if self._stream.cancelled:
            raise ClientDisconnected("the client has gone")
        if chunk:
            self._send(chunk, may_be_last=False)
            self._stream.flush()

    def send_ready(self, chunks: Sequence[bytes]) -> None:
        """Send a body that is all there: nothing is delayed by sending it in one piece."""
        for chunk in chunks:
            if type(chunk) is not bytes:
                _check_bytes(chunk)
        whole = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        head = self._head
        if (
            head is not None
            and head.has_body
            and not self._head_sent
            and (self._left is None or self._left == len(whole))
            and self._stream.send_whole(head.payload, whole)
        ):
            return
        if self._left is not None and len(whole) < self._left and not self._head_sent:
            raise ApplicationError(
                f"the body has {len(whole)} bytes, its Content-Length is {self._left}"
            )
        if whole:
            self._send(whole, may_be_last=True)
        self._end()

    def send_items(self, chunks: Iterable[bytes]) -> None:
        """Send each item before the next is asked for."""
        stream = self._stream
        for chunk in chunks:
            if type(chunk) is not bytes:
                _check_bytes(chunk)
            if stream.cancelled:
                raise ClientDisconnected("the client has gone")
            if chunk:
                self._send(chunk, may_be_last=True)
                if stream.ended:
                    return
                stream.flush()
        self._end()

    def send_file(self, file: RegularFile) -> bool:
        """Let the gateway send the file; false if it has to be sent as bytes."""
        if self._head is None or self._head_sent or not self._has_body:
            return False
        length = file.length if self._left is None else min(file.length, self._left)
        if not length:
            return False
        self._send_head(last=False)
        if not self._stream.offer_file(file.describe(length)):
            return False
        if self._left is not None and length < self._left:
            raise ApplicationError(f"the file ended {self._left - length} bytes too early")
        return True

    def _end(self) -> None:
        if self._stream.ended:
            return
        if self._left:
            raise ApplicationError(f"the body ended {self._left} bytes short of Content-Length")
        if not self._head_sent:
            self._send_head(last=True)
        else:
            self._stream.end()

    def _send(self, chunk: bytes, *, may_be_last: bool) -> None:
        last = False
        if not self._has_body:
            chunk, last = b"", may_be_last
        elif self._left is not None:
            if len(chunk) > self._left:
                if not self._was_cut:
                    self._was_cut = True
                    cut = len(chunk) - self._left
                    text = f"{cut} bytes beyond Content-Length are cut off"
                    self._stream.log(LogLevel.WARNING, f"{text}: {self._stream.request_line}")
                chunk = chunk[: self._left]
            self._left -= len(chunk)
            last = may_be_last and not self._left
        if not self._head_sent:
            self._send_head(last=last and not chunk)
        if chunk or (last and not self._stream.ended):
            self._stream.send_data(chunk, last=last)

    def _send_head(self, *, last: bool) -> None:
        if self._head is None:
            raise ApplicationError("the body began before start_response was called")
        self._head_sent = True
        self._stream.send_head(self._head.payload, last=last)


def _check_bytes(chunk: object) -> None:
    if not isinstance(chunk, bytes):
        raise ApplicationError(f"the body has a {type(chunk).__name__} where bytes belong")
