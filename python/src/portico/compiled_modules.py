"""Finds why a module that is there cannot be imported: it was compiled for another Python."""

from __future__ import annotations

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from typing import Final

_LIBRARY_SUFFIXES: Final = (".so", ".pyd")


def compiled_for_another(error: BaseException) -> str | None:
    """A sentence about what is behind an ``ImportError``, if it is that."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ImportError) and cause.name:
            file = _file_for_another(cause.name)
            if file is not None:
                package = cause.name.partition(".")[0]
                return f"{package} has parts compiled for another Python, {file}"
        cause = cause.__cause__ or cause.__context__
    return None


def _file_for_another(module: str) -> str | None:
    """The library that would be the module, if its name were as this Python has them."""
    *packages, name = module.split(".")
    for entry in sys.path:
        for file in _names_in(os.path.join(entry, *packages)):
            if not file.startswith(f"{name}.") or not file.endswith(_LIBRARY_SUFFIXES):
                continue
            if file[len(name) :] not in EXTENSION_SUFFIXES:
                return file
    return None


def _names_in(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []
