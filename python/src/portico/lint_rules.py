"""The rules that lint knows in Python, by the names that both languages share.

src/wsgi/lint/ has for each the text, the section of PEP 3333 and the remedy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple


class Finding(NamedTuple):
    """One broken rule; mirrors src/wsgi/lint/finding.ts."""

    rule: str
    evidence: str
    request: str


# Is told of each finding, on whatever thread it is seen; must not raise.
Report = Callable[[Finding], object]

# A rule and what shows that it was broken.
Broken = tuple[str, str]

SERVER_RULES: Final = (
    "call-two-arguments",
    "environ-plain",
    "environ-required",
    "environ-strings",
    "environ-native",
    "environ-method",
    "environ-script-name",
    "environ-path-info",
    "environ-query-string",
    "environ-content-length",
    "environ-server-name",
    "environ-server-port",
    "environ-protocol",
    "environ-content-headers",
    "environ-proxy",
    "environ-wsgi-version",
    "environ-url-scheme",
    "environ-flags",
    "environ-extension-names",
    "environ-client-disconnected",
    "environ-input",
    "environ-errors",
    "start-response-callable",
    "start-response-returns-write",
    "input-returns-bytes",
    "input-within-length",
    "iterated-after-close",
    "close-once",
)

APPLICATION_RULES: Final = (
    "application-callable",
    "returns-iterable",
    "returns-no-string",
    "body-bytes",
    "start-response-called",
    "start-response-positional",
    "start-response-arguments",
    "start-response-twice",
    "exc-info-type",
    "exc-info-missing",
    "exc-info-trapped",
    "status",
    "headers-list",
    "header-pair",
    "header-strings",
    "header-name",
    "header-status",
    "header-value-control",
    "header-latin-1",
    "header-hop-by-hop",
    "content-type-missing",
    "content-length-value",
    "content-length-short",
    "content-length-long",
    "body-for-no-content",
    "len-accurate",
    "input-past-end",
    "input-attribute",
    "errors-attribute",
    "errors-text",
    "write-used",
    "write-bytes",
    "write-in-iteration",
    "write-after-end",
    "environ-kept",
    "raises",
)

MIDDLEWARE_RULES: Final = (
    "middleware-blocks",
    "middleware-close",
    "middleware-write",
    "middleware-exc-info",
)
