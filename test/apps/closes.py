"""Yields items until `?items=N` (for ever without), raises before `?raise=N`, and counts its close() calls.

`?status=` and `?length=` go into the head; `?count` answers with the number of calls for `?id=`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

from checkpoint import query, reach

ITEM = b"0123456789" * 1000

calls: Counter[str] = Counter()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    length = query(environ, "length")
    if query(environ, "count", "no") != "no":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(calls[query(environ, "id")]).encode()]
    headers = [("Content-Type", "text/plain")]
    if length:
        headers.append(("Content-Length", length))
    start_response(query(environ, "status", "200 OK"), headers)
    return Body(environ)


class Body:
    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ

    def __iter__(self) -> Iterator[bytes]:
        items = query(self.environ, "items")
        for number in count():
            if str(number) == query(self.environ, "raise"):
                raise RuntimeError("raised in the middle")
            if str(number) == items:
                return
            yield ITEM

    def close(self) -> None:
        calls[query(self.environ, "id")] += 1
        reach(self.environ, "close")
