"""Installs the packages of a requirements file, by micropip; runs in no worker.

The thread's JavaScript (`engines/pyodide/install-main.ts`) has put an empty folder where they go.
"""

from __future__ import annotations

import compileall
import importlib
import re
import site
import sys
import zipfile
from collections.abc import Iterable
from typing import Any, Final

from .errors import describe

_NO_WHEEL: Final = (
    "there is no wheel of {0} that Pyodide can load: it is compiled for other machines alone, "
    "or no version suits; take another package or version, or --engine cpython"
)

# What micropip says, and what it is in words that name a remedy; `{0}` is the requirement.
_REASONS: Final = (
    (r"Can't find a pure Python 3 wheel for '([^']*)'", _NO_WHEEL),
    (r"Can't fetch metadata for '([^']*)'", "{index} has no {0}"),
    (
        r"Requested '([^']*)', but (\S+) is already installed",
        "{0} is wanted, and {1} by a line before; name a version that suits both",
    ),
)


async def install(wheel: str, index: str, wanted: Iterable[tuple[str, str]]) -> str:
    """Install what each line wants; why one cannot be had, or nothing."""
    directory = wheel[: -len(".whl")]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory)
    sys.path.insert(0, directory)
    micropip: Any = importlib.import_module("micropip")
    lines = list(wanted)
    # Each binds what the others need, too: micropip takes what it finds first.
    constraints = [text for text, _ in lines]
    # With a place for the name, so that the index comes before Pyodide's own distribution.
    indexes = [f"{index}/{{package_name}}/"]
    for text, where in lines:
        try:
            await micropip.install(text, index_urls=indexes, constraints=constraints)
        except Exception as error:
            return f"{where}: {text}: {_reason(error, index)}"
    # Nobody may write there later.
    compileall.compile_dir(site.getsitepackages()[0], quiet=2)
    return ""


def _reason(error: Exception, index: str) -> str:
    # An error of JavaScript's is wrapped, and has its text there.
    text = getattr(error, "message", None) or describe(error)
    for pattern, words in _REASONS:
        found = re.search(pattern, text)
        if found is not None:
            return words.format(*found.groups(), index=index)
    return str(text).partition("\n")[0]
