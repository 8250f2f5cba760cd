"""What is done before the first line of users' code runs."""

from __future__ import annotations

import io
import sys


def show_prints_at_once() -> None:
    """What it prints is seen when it is printed, also where stdout is a pipe."""
    stdout: object = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(line_buffering=True)


def hide_own_modules() -> None:
    """It may have a module called `portico` itself; all of ours are loaded by now."""
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
