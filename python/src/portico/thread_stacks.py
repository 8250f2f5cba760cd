"""Where threads are, in the words of a traceback."""

from __future__ import annotations

import sys
import threading
import traceback
from itertools import dropwhile
from types import FrameType
from typing import Final

from .user_traceback import is_machinery

NOWHERE: Final = "  (in none of the application's code)"


def describe_stacks(thread: int) -> tuple[str, str]:
    """The stack of one thread, and those of all others that are in anybody's code but ours."""
    frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    names = {each.ident: each.name for each in threading.enumerate()}
    own = _describe(frames.pop(thread, None)) or NOWHERE
    others = [(names.get(ident, ident), _describe(frame)) for ident, frame in frames.items()]
    return own, "\n".join(f"Thread {name}:\n{stack}" for name, stack in others if stack)


def _describe(frame: FrameType | None) -> str:
    """Outermost first, as in a traceback; without the frames that every thread begins with."""
    if frame is None:
        return ""
    lines = dropwhile(lambda line: _begins_threads(line.filename), traceback.extract_stack(frame))
    return "".join(traceback.format_list([*lines])).rstrip("\n")


def _begins_threads(filename: str) -> bool:
    return filename == threading.__file__ or is_machinery(filename)
