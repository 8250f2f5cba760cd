"""Says where the main thread is while it imports the application."""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final

_PACKAGE: Final = os.path.dirname(os.path.abspath(__file__))
_LIBRARIES: Final = tuple(
    os.path.join(path, "")
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_SERVING_FUNCTIONS: Final = frozenset({"serve_forever", "run_simple", "run", "listen", "mainloop"})
_SERVING_MODULES: Final = (
    "asyncio",
    "cheroot",
    "selectors",
    "socketserver",
    "tornado",
    "twisted",
    "waitress",
    "werkzeug.serving",
    "wsgiref",
)


def describe_import() -> tuple[str, str]:
    """``FILE, line N, in FUNCTION``, and advice if the import seems to run a server."""
    frames = list(_main_thread_frames())
    if not frames:
        return "an unknown place", ""
    own = next((frame for frame in frames if _is_users(frame)), frames[0])
    text = f"{own.f_code.co_filename}, line {own.f_lineno}, in {own.f_code.co_name}"
    if own is not frames[0]:
        text += f" (in {frames[0].f_code.co_name})"
    served = next((frame for frame in frames if _serves(frame)), None)
    if served is None:
        return text, ""
    return text, (
        ": it seems to start a server of its own when imported; "
        'put that under if __name__ == "__main__":'
    )


def _main_thread_frames() -> Iterator[FrameType]:
    """Innermost first, ours left out."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        if not frame.f_code.co_filename.startswith((_PACKAGE, "<frozen importlib")):
            yield frame
        frame = frame.f_back


def _is_users(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    return not filename.startswith((*_LIBRARIES, "<frozen"))


def _serves(frame: FrameType) -> bool:
    module: str = frame.f_globals.get("__name__", "")
    return frame.f_code.co_name in _SERVING_FUNCTIONS or any(
        module == name or module.startswith(f"{name}.") for name in _SERVING_MODULES
    )
