"""What a server owes in the environ, as a table of checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from .lint_evidence import is_exactly, kind_of, shown
from .lint_rules import Broken

REQUIRED: Final = (
    "REQUEST_METHOD",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
)
INPUT_METHODS: Final = ("read", "readline", "readlines", "__iter__")
ERRORS_METHODS: Final = ("flush", "write", "writelines")

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PROTOCOL: Final = re.compile(r"HTTP/[0-9](?:\.[0-9])?")
_EXTENSION: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_.]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_NO_QUERY: Final = re.compile(r"[\x00-\x20#\x7f]")


def broken_in_environ(environ: Mapping[Any, Any]) -> Iterator[Broken]:
    """Each rule that the environ breaks, with the variable that shows it."""
    if not is_exactly(environ, dict):
        yield "environ-plain", f"the environ is {kind_of(environ)}, not a builtin dict"
    yield from _required(environ)
    yield from _strings(environ)
    for name, rule, is_right in _VALUES:
        value = environ.get(name)
        # Of a value that is no string, environ-strings has told.
        if name in environ and ("." in name or isinstance(value, str)) and not is_right(value):
            yield rule, f"{name} is {shown(value)}"
    yield from _streams(environ)


def _required(environ: Mapping[Any, Any]) -> Iterator[Broken]:
    for name in REQUIRED:
        if name not in environ:
            yield "environ-required", f"the environ lacks {name}"
    if not environ.get("SCRIPT_NAME") and "PATH_INFO" not in environ:
        yield "environ-required", "the environ lacks PATH_INFO, and SCRIPT_NAME is empty"
    if "QUERY_STRING" not in environ:
        yield "environ-query-string", "the environ lacks QUERY_STRING"
    for name in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
        if name in environ:
            yield "environ-content-headers", f"{name} is {shown(environ[name])}"
    if "HTTP_PROXY" in environ:
        yield "environ-proxy", f"HTTP_PROXY is {shown(environ['HTTP_PROXY'])}"


def _strings(environ: Mapping[Any, Any]) -> Iterator[Broken]:
    for name, value in environ.items():
        if type(name) is not str:
            yield "environ-strings", f"a variable is named {shown(name)}"
        elif "." in name and not name.startswith("HTTP_"):
            if not _EXTENSION.fullmatch(name):
                yield "environ-extension-names", f"an extension is named {shown(name)}"
        elif type(value) is not str:
            yield "environ-strings", f"{name} is {kind_of(value)}"
        elif not value.isascii() and max(value) > "\xff":
            yield "environ-native", f"{name} is {shown(value)}"


def _streams(environ: Mapping[Any, Any]) -> Iterator[Broken]:
    for name, rule, methods in (
        ("wsgi.input", "environ-input", INPUT_METHODS),
        ("wsgi.errors", "environ-errors", ERRORS_METHODS),
    ):
        if name in environ:
            stream = environ[name]
            missing = [method for method in methods if not callable(getattr(stream, method, None))]
            if missing:
                yield rule, f"{name} is {kind_of(stream)} and has no {', '.join(missing)}"


def _is_flag(value: Any) -> bool:
    return isinstance(value, int) and value in (0, 1)


_VALUES: Final[tuple[tuple[str, str, Callable[[Any], object]], ...]] = (
    ("REQUEST_METHOD", "environ-method", _TOKEN.fullmatch),
    (
        "SCRIPT_NAME",
        "environ-script-name",
        lambda path: not path or (path[0] == "/" and path != "/"),
    ),
    ("PATH_INFO", "environ-path-info", lambda path: not path or path[0] == "/"),
    ("QUERY_STRING", "environ-query-string", lambda query: not _NO_QUERY.search(query)),
    (
        "CONTENT_LENGTH",
        "environ-content-length",
        lambda length: not length or _DIGITS.fullmatch(length),
    ),
    ("SERVER_NAME", "environ-server-name", bool),
    ("SERVER_PORT", "environ-server-port", _DIGITS.fullmatch),
    ("SERVER_PROTOCOL", "environ-protocol", _PROTOCOL.fullmatch),
    (
        "wsgi.version",
        "environ-wsgi-version",
        lambda version: type(version) is tuple and version == (1, 0),
    ),
    ("wsgi.url_scheme", "environ-url-scheme", lambda scheme: scheme in ("http", "https")),
    ("wsgi.multithread", "environ-flags", _is_flag),
    ("wsgi.multiprocess", "environ-flags", _is_flag),
    ("wsgi.run_once", "environ-flags", _is_flag),
    ("portico.client_disconnected", "environ-client-disconnected", callable),
)
