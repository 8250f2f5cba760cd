"""wsgi.input and wsgi.errors under lint: all passes through, what was asked and given is judged."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from .lint_evidence import clean, kind_of, shown
from .lint_request import LintedRequest


class LintedInput:
    """PEP 3333, "Input and Error Streams": four methods, and no byte beyond CONTENT_LENGTH."""

    is_linted: Final = True

    def __init__(self, stream: Any, environ: Mapping[str, Any], request: LintedRequest) -> None:
        self._stream = stream
        self._request = request
        length = str(environ.get("CONTENT_LENGTH") or "")
        self._length = int(length) if length.isdecimal() and len(length) < 19 else None
        # Such a server promises an end of its own, so reading up to it is no fault.
        self._may_read_on = bool(environ.get("wsgi.input_terminated"))
        self._given = 0
        self._has_ended = False

    def read(self, *args: Any) -> Any:
        return self._check("read", args, self._asked("read", args, self._stream.read))

    def readline(self, *args: Any) -> Any:
        return self._check("readline", args, self._asked("readline", args, self._stream.readline))

    def readlines(self, *args: Any) -> Any:
        lines = self._asked("readlines", args, self._stream.readlines)
        if type(lines) is not list:
            self._request.tell("input-returns-bytes", f"wsgi.input.readlines gave {kind_of(lines)}")
            return lines
        for line in lines:  # pyright: ignore[reportUnknownVariableType]
            self._check("readlines", (), line)
        return lines  # pyright: ignore[reportUnknownVariableType]

    def __iter__(self) -> Iterator[bytes]:
        lines = iter(self._stream)
        while True:
            try:
                line = next(lines)
            except StopIteration:
                return
            except BaseException as error:
                self._request.came_from_server(error)
                raise
            yield self._check("iteration", (), line)

    def __next__(self) -> Any:
        self._used("__next__")
        return self._check("iteration", (), next(self._stream))

    def __enter__(self) -> Any:
        self._used("__enter__")
        self._stream.__enter__()
        return self

    def __exit__(self, *args: object) -> Any:
        return self._stream.__exit__(*args)

    def __getattr__(self, name: str) -> Any:
        # What is not there may be asked for: who asks has to know what to do without.
        found = getattr(self._stream, name)
        self._used(name)
        return found

    def _used(self, name: str) -> None:
        self._request.tell("input-attribute", f"wsgi.input.{name} was used by {_user()}")

    def _asked(self, method: str, args: tuple[Any, ...], call: Any) -> Any:
        size = args[0] if args and isinstance(args[0], int) and args[0] >= 0 else None
        if (
            method != "readlines"
            and size is not None
            and self._length is not None
            and not self._may_read_on
        ):
            left = max(0, self._length - self._given)
            if self._has_ended and size:
                self._request.tell(
                    "input-past-end", f"{_call(method, args)} was called after the end of the input"
                )
            elif size > left:
                # Not how much: with each body and each remainder it is another number.
                self._request.tell(
                    "input-past-end",
                    f"{_call(method, args)} was called where CONTENT_LENGTH leaves less",
                )
        try:
            data = call(*args)
        except BaseException as error:
            self._request.came_from_server(error)
            raise
        if size is None or (not data and size):
            self._has_ended = method != "readline" or not data
        return data

    def _check(self, method: str, args: tuple[Any, ...], data: Any) -> Any:
        if type(data) is not bytes:
            self._request.tell("input-returns-bytes", f"wsgi.input.{method} gave {kind_of(data)}")
            return data
        self._given += len(data)
        if args and isinstance(args[0], int) and 0 <= args[0] < len(data):
            self._tell_beyond(f"{_call(method, args)} gave {len(data)} bytes")
        if self._length is not None and self._given > self._length:
            self._tell_beyond(
                f"{method} gave {self._given} bytes in all, CONTENT_LENGTH is {self._length}"
            )
        return data

    def _tell_beyond(self, what: str) -> None:
        self._request.tell("input-within-length", f"wsgi.input.{what}")


def _call(method: str, args: tuple[Any, ...]) -> str:
    return f"{method}({', '.join(map(shown, args))})"


def _user() -> str:
    """The module that uses a stream, a framework perhaps: no frame of this file, nor of C."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    return "C code" if frame is None else clean(str(frame.f_globals.get("__name__")))


class LintedErrors:
    """The three methods of wsgi.errors, text alone."""

    is_linted: Final = True

    def __init__(self, stream: Any, request: LintedRequest) -> None:
        self._stream = stream
        self._request = request

    def write(self, text: Any) -> Any:
        self._check(text)
        return self._stream.write(text)

    def writelines(self, lines: Iterable[Any]) -> Any:
        return self._stream.writelines(self._checked(lines))

    def flush(self) -> Any:
        return self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._stream, name)
        self._request.tell("errors-attribute", f"wsgi.errors.{name} was used by {_user()}")
        return found

    def _checked(self, lines: Iterable[Any]) -> Iterator[Any]:
        for line in lines:
            self._check(line)
            yield line

    def _check(self, text: Any) -> None:
        if type(text) is not str:
            evidence = f"wsgi.errors was given {kind_of(text)}"
            self._request.tell("errors-text", evidence)
