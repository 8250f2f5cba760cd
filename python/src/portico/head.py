"""Checks status and headers as start_response receives them, and makes them one payload."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .errors import ApplicationError
from .frames import MAX_HEAD_BYTES

# RFC 9110 section 7.6.1, and those that HTTP/1.0 proxies treat alike.
HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)

# Names and statuses seen and found good; bounded, for an application may make them up.
MAX_KNOWN: Final = 1024

_STATUS: Final = re.compile(r"[2-5][0-9]{2} [^\x00-\x20\x7f](?:[^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?")
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# RFC 9110 section 5.5 allows TAB inside a value, and no other control character.
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DIGITS: Final = re.compile(r"[0-9]{1,15}")

_EARLY_HINTS: Final = "103 Early Hints"

# RFC 9110 section 15.3.6: a 205 has no content either.
_BODILESS: Final = ("204", "205", "304")

# Most applications send the same few heads; a larger one is not worth its memory.
MAX_KNOWN_BYTES: Final = 256

_known_heads: dict[tuple[object, ...], Head] = {}
_known_statuses: dict[str, bool] = {}
_known_names: dict[str, int] = {}

# What a name says of the body, if anything.
_OF_LENGTH: Final = 1
_OF_FILE: Final = 2
_KINDS: Final = {
    "content-length": _OF_LENGTH,
    # The server sends a file in place of the body, and the length is that file's.
    "x-sendfile": _OF_FILE,
    "x-accel-redirect": _OF_FILE,
}


class Head(NamedTuple):
    """Status and headers, checked: the payload of RESPONSE, and what they say of the body."""

    payload: bytes
    content_length: int | None
    has_body: bool


def encode_head(status: str, headers: list[tuple[str, str]]) -> Head:
    """Raise ``ApplicationError`` or ``TypeError``, naming the offender, unless all is well."""
    try:
        key = (status, *headers)
        head = _known_heads.get(key)
    except TypeError:
        # Not even a list of what can be compared: the checks say what is wrong.
        return _check_head(status, headers)
    if head is None or type(headers) is not list:
        head = _check_head(status, headers)
        if len(_known_heads) < MAX_KNOWN and len(head.payload) < MAX_KNOWN_BYTES:
            _known_heads[key] = head
    return head


def encode_early_hints(headers: list[tuple[str, str]]) -> bytes:
    """The payload of a 103 response; what is wrong raises as it does in ``encode_head``."""
    payload, content_length = _check_headers(_EARLY_HINTS, headers)
    if content_length is not None:
        # RFC 9110 section 8.6.
        raise ApplicationError("Content-Length stands in a response without a body")
    return payload


def _check_head(status: str, headers: list[tuple[str, str]]) -> Head:
    try:
        has_body = _known_statuses.get(status)
    except TypeError:
        has_body = None
    if has_body is None:
        has_body = _check_status(status)
    payload, content_length = _check_headers(status, headers)
    return Head(payload, content_length, has_body)


def _check_headers(status: str, headers: list[tuple[str, str]]) -> tuple[bytes, int | None]:
    """The payload, and the Content-Length if there is one and the body is what it speaks of."""
    content_length: int | None = None
    names_file = False
    try:
        if not isinstance(headers, list):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"response headers must be a list, not {type(headers).__name__}")
        items = [status]
        for header in headers:
            if not isinstance(header, tuple):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError
            name, value = header
            kind = _known_names.get(name)
            if kind is None:
                kind = _check_name(name)
            # Text that can be printed has no control character, and this is the fastest test.
            if not value.isprintable() and _FORBIDDEN.search(value):
                raise ApplicationError(f"control character in the value of {name}: {value!r}")
            if kind == _OF_LENGTH:
                content_length = _content_length(value, content_length)
            elif kind == _OF_FILE:
                names_file = True
            items += header
        payload = "\0".join(items).encode("latin-1")
    except (TypeError, ValueError, AttributeError) as error:
        raise _explain(status, headers) or error from None
    if len(payload) > MAX_HEAD_BYTES:
        raise ApplicationError(f"{len(payload)} bytes of headers are over {MAX_HEAD_BYTES}")
    return payload, None if names_file else content_length


def _check_status(status: str) -> bool:
    if not isinstance(status, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"status must be str, not {type(status).__name__}: {status!r}")
    if not _STATUS.fullmatch(status):
        raise ApplicationError(
            f"status must be three digits from 200 to 599, a space and a reason: {status!r}"
        )
    has_body = not status.startswith(_BODILESS)
    if len(_known_statuses) < MAX_KNOWN:
        _known_statuses[status] = has_body
    return has_body


def _check_name(name: str) -> int:
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"header name must be str, not {type(name).__name__}: {name!r}")
    if not _TOKEN.fullmatch(name):
        raise ApplicationError(f"header name is not a token: {name!r}")
    lower = name.lower()
    if lower in HOP_BY_HOP:
        raise ApplicationError(f"{name} is a hop-by-hop header, which the server alone may send")
    kind = _KINDS.get(lower, 0)
    if len(_known_names) < MAX_KNOWN:
        _known_names[name] = kind
    return kind


def _content_length(value: str, before: int | None) -> int:
    # RFC 9110 section 8.6 allows digits alone: no sign, no space, no fraction.
    if not _DIGITS.fullmatch(value):
        raise ApplicationError(f"Content-Length is not a number: {value!r}")
    length = int(value)
    if before is not None:
        raise ApplicationError(f"Content-Length stands twice, as {before} and {length}")
    return length


def _explain(status: object, headers: object) -> Exception | None:
    """What is wrong with the types, found slowly because something went wrong fast."""
    if not isinstance(status, str):
        return TypeError(f"status must be str, not {type(status).__name__}: {status!r}")
    if not isinstance(headers, list):
        return TypeError(f"response headers must be a list, not {type(headers).__name__}")
    texts: list[tuple[str, str]] = [("the status", status)]
    for header in headers:  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(header, tuple) or len(header) != 2:  # pyright: ignore[reportUnknownArgumentType]
            return TypeError(f"a response header must be a (name, value) tuple, not {header!r}")
        for text in header:  # pyright: ignore[reportUnknownVariableType]
            if not isinstance(text, str):
                kind = type(text).__name__  # pyright: ignore[reportUnknownArgumentType]
                return TypeError(f"header names and values must be str, not {kind}: {header!r}")
            texts.append((f"the header {header[0]!r}", text))
    for what, text in texts:
        try:
            text.encode("latin-1")
        except UnicodeEncodeError:
            return ApplicationError(f"{what} must be latin-1: {text!r}")
    return None
