"""What tests share: a folder for an application, and a worker that runs it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway import Gateway

Run = Callable[..., Gateway]


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[Run]:
    """Starts a worker for the text of ``app.py``; the test waits for what it needs."""
    with ExitStack() as stack:

        def start(source: str, target: str = "app", **changes: str) -> Gateway:
            (tmp_path / "app.py").write_text(textwrap.dedent(source), encoding="utf-8")
            return stack.enter_context(Gateway(target, tmp_path, **changes))

        yield start


@pytest.fixture
def run(boot: Run) -> Run:
    """The same, loaded."""

    def start(source: str, target: str = "app", **changes: str) -> Gateway:
        gateway = boot(source, target, **changes)
        gateway.ready()
        return gateway

    return start
