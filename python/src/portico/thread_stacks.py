"""Where threads are, in the words of a traceback."""

from __future__ import annotations

import sys
import threading
import traceback
from itertools import dropwhile
from types import FrameType
from typing import Final

from .errors import describe
from .user_traceback import is_machinery

NOWHERE: Final = "  (in none of the application's code)"

# Of each stack, the innermost; of the text of all other threads.
MAX_FRAMES: Final = 100
MAX_OTHERS_CHARACTERS: Final = 256 * 1024


def describe_stacks(thread: int) -> tuple[str, str]:
    """The stack of one thread, and those of all others that are in anybody's code but ours."""
    frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    names = {each.ident: each.name for each in threading.enumerate()}
    frame = frames.pop(thread, None)
    if thread == threading.get_ident():
        frame = _outside(frame)
    own = _describe(frame) or NOWHERE
    others = [(names.get(ident, ident), _describe(frame)) for ident, frame in frames.items()]
    text = "\n".join(f"Thread {name}:\n{stack}" for name, stack in others if stack)
    return own, text[:MAX_OTHERS_CHARACTERS]


def _outside(frame: FrameType | None) -> FrameType | None:
    """Where the thread that asks was before it came to ask."""
    while frame is not None and is_machinery(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _describe(frame: FrameType | None) -> str:
    """Outermost first, as in a traceback; without the frames that every thread begins with."""
    if frame is None:
        return ""
    try:
        lines = traceback.extract_stack(frame, MAX_FRAMES)
    except Exception as broken:
        # Lines of code are asked of whoever loaded the module.
        return f"  (its lines cannot be read: {describe(broken)})"
    own = dropwhile(lambda line: _begins_threads(line.filename), lines)
    return "".join(traceback.format_list([*own])).rstrip("\n")


def _begins_threads(filename: str) -> bool:
    return filename == threading.__file__ or is_machinery(filename)
