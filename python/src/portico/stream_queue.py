"""Requests that are not begun, in the order in which they will be."""

from __future__ import annotations

from collections import deque

from .streams import Stream


class StreamQueue:
    """A request whose body is still crossing holds back those with higher numbers."""

    __slots__ = ("_incomplete", "_whole", "ready")

    def __init__(self) -> None:
        self.ready: deque[Stream] = deque()
        # From the first stream that is not whole; of these, the numbers that are.
        self._incomplete: deque[Stream] = deque()
        self._whole: set[int] = set()

    def __len__(self) -> int:
        return len(self.ready) + len(self._incomplete)

    def add(self, stream: Stream, *, whole: bool) -> None:
        if whole and not self._incomplete:
            self.ready.append(stream)
            return
        if whole:
            self._whole.add(stream.number)
        self._incomplete.append(stream)

    def add_body(self, number: int, data: bytes, *, last: bool) -> None:
        """Bytes for a stream that was forgotten meanwhile are dropped."""
        for stream in self._incomplete:
            if stream.number == number:
                stream.body.append(data)
                if last:
                    self._whole.add(number)
                    self._promote()
                return

    def remove(self, number: int) -> Stream | None:
        """Forget a stream; ``None`` if it is not here, and so has been begun."""
        for queue in (self.ready, self._incomplete):
            for stream in queue:
                if stream.number == number:
                    queue.remove(stream)
                    self._whole.discard(number)
                    self._promote()
                    return stream
        return None

    def _promote(self) -> None:
        while self._incomplete and self._incomplete[0].number in self._whole:
            stream = self._incomplete[0]
            self._whole.discard(stream.number)
            # In both for a moment, so that no thread sees the queue empty.
            self.ready.append(stream)
            self._incomplete.popleft()
