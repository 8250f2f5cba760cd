"""A middleware that takes everything into its hands and changes nothing; it is around all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import everything


class Transparent:
    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        def start(*started: Any) -> Any:
            write = start_response(*started)
            return lambda data: write(data)

        return Body(self.wrapped(dict(environ), start))


class Body:
    def __init__(self, body: Any) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        return (item for item in self.body)

    def close(self) -> None:
        if hasattr(self.body, "close"):
            self.body.close()


application = Transparent(everything.application)
