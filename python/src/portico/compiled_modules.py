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
        for module in _modules_of(cause):
            file = _file_for_another(module)
            if file is not None:
                package = module.partition(".")[0]
                return f"{package} has parts compiled for another Python, {file}"
        cause = cause.__cause__ or cause.__context__
    return None


def _modules_of(error: BaseException) -> list[str]:
    """Those that an import may have asked for and not got."""
    if not isinstance(error, ImportError) or not error.name:
        return []
    # `from package import module`; Python says it from 3.12 on.
    asked = getattr(error, "name_from", None)
    return [error.name] if asked is None else [error.name, f"{error.name}.{asked}"]


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
