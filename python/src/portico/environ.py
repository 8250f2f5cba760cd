"""A REQUEST's payload to the environ of PEP 3333."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from .error_stream import ErrorStream
from .file_wrapper import FileWrapper
from .frames import FrameFlag
from .streams import Stream

Environ = dict[str, Any]

# Makes a directory of the gateway's visible, where it is not by itself: interpreter_thread.py.
show_directory: Callable[[str], object] | None = None

_ESCAPED: Final = FrameFlag.ESCAPED
_BODY_FILE: Final = "portico.body_file"
_QUEUE_TIME: Final = "portico.queue_time"


def make_base(settings: dict[str, str]) -> Environ:
    """What every request's environ has in common."""
    return {
        "SERVER_SOFTWARE": settings["software"],
        "wsgi.version": (1, 0),
        "wsgi.input": None,
        "wsgi.errors": None,
        "wsgi.multithread": int(settings["threads"]) > 1,
        "wsgi.multiprocess": settings["multiprocess"] == "1",
        "wsgi.run_once": False,
        "wsgi.early_hints": None,
        "wsgi.file_wrapper": FileWrapper,
        "portico.client_disconnected": None,
        _QUEUE_TIME: 0.0,
    }


def make_environ(stream: Stream) -> Environ:
    """A fresh dictionary, the application's to change."""
    environ = stream.common.copy()
    if stream.payload:
        items = iter(stream.payload.decode("latin-1").split("\0"))
        environ.update(zip(items, items))
    if stream.flags & _ESCAPED:
        _unescape(environ)
    if "wsgi.input_terminated" in environ:
        environ["wsgi.input_terminated"] = environ["wsgi.input_terminated"] == "1"
    if _BODY_FILE in environ:
        environ["wsgi.input"] = _open_body(environ.pop(_BODY_FILE))
    else:
        environ["wsgi.input"] = io.BytesIO(b"".join(stream.body) if stream.body else b"")
    environ["wsgi.errors"] = ErrorStream(stream)
    environ["portico.client_disconnected"] = stream.client_disconnected
    queue_time = environ[_QUEUE_TIME]
    if queue_time:
        environ[_QUEUE_TIME] = float(queue_time)
    return environ


def _unescape(environ: Environ) -> None:
    for name in [name for name in environ if name.endswith("%")]:
        escaped: str = environ.pop(name)
        # A plain value is one that the gateway put in later.
        environ.setdefault(name[:-1], escaped.replace("%00", "\0").replace("%25", "%"))


def _open_body(path: str) -> BinaryIO:
    """Open and unlink: the bytes live as long as this request holds them open."""
    name = path.encode("latin-1")
    if show_directory is not None:
        show_directory(os.path.dirname(path))
    body = open(name, "rb")  # noqa: SIM115 (the request closes it)
    os.unlink(name)
    return body
