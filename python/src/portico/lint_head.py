"""What an application owes in the arguments of start_response; looks, and raises nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from .head import HOP_BY_HOP
from .lint_evidence import is_a, is_exactly, kind_of, shown
from .lint_rules import Broken

_STATUS: Final = re.compile(r"[2-5][0-9]{2} [!-~\x80-\xff](?:[ -~\x80-\xff]*[!-~\x80-\xff])?")
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_DIGITS: Final = re.compile(r"[0-9]+")
# RFC 9110 section 8.6 has no limit; int() of CPython refuses more than 4300 digits.
_MAX_DIGITS: Final = 18


class ResponseHead(NamedTuple):
    """What status and headers say of the body."""

    status: str
    content_length: int | None
    has_content_type: bool

    @property
    def may_have_body(self) -> bool:
        """RFC 9110 section 6.4.1."""
        return not self.status.startswith(("1", "204", "304"))


def broken_in_head(status: Any, headers: Any) -> Iterator[Broken]:
    """Each rule that status and headers break."""
    if not is_exactly(status, str) or not _STATUS.fullmatch(status):
        yield "status", f"the status is {shown(status)}"
    if not is_exactly(headers, list):
        yield "headers-list", f"the headers are {kind_of(headers)}"
    if not is_a(headers, list, tuple):
        return
    lengths: list[str] = []
    for number, header in enumerate(headers, 1):
        if not is_exactly(header, tuple) or len(header) != 2:
            yield "header-pair", f"header {number} is {shown(header)}"
            continue
        name, value = header
        if type(name) is str and type(value) is str:
            yield from _broken_header(name, value)
            if name.lower() == "content-length":
                lengths.append(value)
        elif type(name) is not str:
            yield "header-strings", f"a header's name is {shown(name)}"
        else:
            yield "header-strings", f"the value of the header {shown_name(name)} is {shown(value)}"
    yield from _broken_lengths(lengths)


def _broken_header(name: str, value: str) -> Iterator[Broken]:
    lower = name.lower()
    if not _TOKEN.fullmatch(name):
        yield "header-name", f"a header is named {shown(name)}"
    if lower == "status":
        yield "header-status", f"the header {name} is {shown(value)}"
    if lower in HOP_BY_HOP:
        yield "header-hop-by-hop", f"the header {name} is {shown(value)}"
    if _CONTROL.search(value):
        yield "header-value-control", f"the header {shown_name(name)} is {shown(value)}"
    if not value.isascii() and max(value) > "\xff":
        yield "header-latin-1", f"the header {shown_name(name)} is {shown(value)}"


def shown_name(name: str) -> str:
    """A header's name, quoted where it is none."""
    return name if _TOKEN.fullmatch(name) else shown(name)


def _broken_lengths(values: list[str]) -> Iterator[Broken]:
    for value in values:
        if not _DIGITS.fullmatch(value):
            yield "content-length-value", f"Content-Length is {shown(value)}"
    if len(values) > 1:
        yield "content-length-value", f"Content-Length stands {len(values)} times"


def read_head(status: Any, headers: Any) -> ResponseHead:
    """What can be read of it, however broken it is."""
    length: int | None = None
    has_type = False
    for header in headers if is_a(headers, list, tuple) else ():
        if not is_a(header, list, tuple) or len(header) != 2:
            continue
        name, value = header
        if not isinstance(name, str) or not isinstance(value, str):
            continue
        lower = name.lower()
        has_type = has_type or lower == "content-type"
        if lower == "content-length" and _DIGITS.fullmatch(value) and len(value) <= _MAX_DIGITS:
            length = int(value)
    return ResponseHead(status if isinstance(status, str) else "", length, has_type)


def broken_exc_info(exc_info: Any) -> Iterator[Broken]:
    """PEP 3333, "The start_response() Callable": None or what sys.exc_info() gives in a handler."""
    if exc_info is None:
        return
    if not is_exactly(exc_info, tuple) or len(exc_info) != 3:
        yield "exc-info-type", f"exc_info is {shown(exc_info)}"
    elif not isinstance(exc_info[1], BaseException):
        yield "exc-info-type", f"exc_info is {shown(exc_info)}, which holds no exception"
