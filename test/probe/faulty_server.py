"""The probe application behind a server at fault: middleware in its place, named by $FAULT."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from probe_application import application as probe_application

Wrapper = Callable[..., Any]


def takes_one_argument(wrapper: Wrapper, _write: Any) -> Wrapper:
    return lambda file: wrapper(file)


def sends_at_once(_wrapper: Wrapper, write: Any) -> Wrapper:
    def wrap(file: Any, *_: Any) -> list[bytes]:
        write(file.read())
        return []

    return wrap


def starts_over(wrapper: Wrapper, _write: Any) -> Wrapper:
    def wrap(file: Any, *block: Any) -> Any:
        if hasattr(file, "seek"):
            file.seek(0)
        return wrapper(file, *block)

    return wrap


def wants_a_descriptor(wrapper: Wrapper, _write: Any) -> Wrapper:
    return lambda file, *block: (file.fileno(), wrapper(file, *block))[1]


def leaves_files_open(wrapper: Wrapper, _write: Any) -> Wrapper:
    return lambda file, *block: list(wrapper(file, *block))


FILE_FAULTS = {
    fault.__name__: fault
    for fault in (
        takes_one_argument,
        sends_at_once,
        starts_over,
        wants_a_descriptor,
        leaves_files_open,
    )
}


def application(environ: dict[str, Any], start_response: Any) -> Any:
    fault = os.environ["FAULT"]
    kept: list[Any] = []
    wrapped: list[Any] = []

    def start(*arguments: Any) -> Any:
        if fault == "keeps_exc_info":
            kept.append(arguments)
        write = start_response(*arguments)
        if fault in FILE_FAULTS:
            wrapper = environ["wsgi.file_wrapper"]
            environ["wsgi.file_wrapper"] = FILE_FAULTS[fault](wrapper, write)
        return write

    if fault == "goes_behind_middleware":
        wrapper = environ["wsgi.file_wrapper"]

        def wrap(*arguments: Any) -> Any:
            wrapped.append(wrapper(*arguments))
            return wrapped[-1]

        environ["wsgi.file_wrapper"] = wrap
    body = probe_application(environ, start)
    return wrapped[-1] if wrapped else body
