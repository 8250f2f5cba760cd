"""Counts its calls, and says which process and thread runs it, while it waits at a checkpoint."""

from __future__ import annotations

import os
import threading
from typing import Any

from checkpoint import reach


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.calls += 1
        answer = f"{self.calls} {os.getpid()} {threading.get_ident()}"
        start_response("200 OK", [("Content-Type", "text/plain")])
        reach(environ, "counted")
        return [answer.encode()]


application = Counter()
