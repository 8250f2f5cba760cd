"""The wsgi.errors of one request: whole lines go to the gateway's error log."""

from __future__ import annotations

from collections.abc import Iterable

from .frames import LogLevel
from .streams import Stream


class ErrorStream:
    """Takes any text, also what UTF-8 cannot hold (PEP 3333: it may substitute)."""

    __slots__ = ("_stream", "rest")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.rest = ""

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"wsgi.errors takes str, not {type(text).__name__}")
        lines, newline, rest = (self.rest + text).rpartition("\n")
        self.rest = rest
        if newline:
            self._stream.log(LogLevel.TEXT, lines + newline)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand all text to the gateway now. The line that has begun ends: no other may join it."""
        rest, self.rest = self.rest, ""
        if rest:
            self._stream.log(LogLevel.TEXT, rest + "\n")
        self._stream.flush()
