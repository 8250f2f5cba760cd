"""Tracebacks that show the user's code alone."""

from __future__ import annotations

import os
import traceback
from types import TracebackType
from typing import Final

_PACKAGE: Final = os.path.dirname(os.path.abspath(__file__))


def format_user_traceback(error: BaseException) -> str:
    """The traceback without the frames that are this package's or importlib's."""
    lines = traceback.format_exception(type(error), error, _user_part(error.__traceback__))
    return "".join(lines).rstrip("\n")


def _user_part(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and is_machinery(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return trace


def is_machinery(filename: str) -> bool:
    """Whether it is a file of this package, or of Python's own importing."""
    return (
        filename.startswith((_PACKAGE, "<frozen importlib"))
        or os.path.basename(os.path.dirname(filename)) == "importlib"
    )
