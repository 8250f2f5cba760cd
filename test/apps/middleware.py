"""Middleware of Werkzeug around all applications of the contract, as they are and with lint on both sides.

The dispatcher has the applications at /below.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import everything
from portico.lint import lint
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.profiler import ProfilerMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix


def not_found(_environ: dict[str, Any], start_response: Any) -> Any:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]


def in_proxy_fix(application: Any) -> Any:
    return ProxyFix(application, x_prefix=1)


def in_dispatcher(application: Any) -> Any:
    return DispatcherMiddleware(not_found, {"/below": application})


def in_profiler(application: Any) -> Any:
    return ProfilerMiddleware(application, stream=None)


class UnderLint:
    """A middleware between two lints; /findings answers with what they have found."""

    def __init__(self, wrap: Callable[[Any], Any]) -> None:
        self.findings: list[Any] = []
        inner = lint(everything.application, self.findings.append)
        self.application = lint(wrap(inner), self.findings.append)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] != "/findings":
            return self.application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self.findings).encode()]


proxy_fix = in_proxy_fix(everything.application)
dispatcher = in_dispatcher(everything.application)
profiler = in_profiler(everything.application)

linted_proxy_fix = UnderLint(in_proxy_fix)
linted_dispatcher = UnderLint(in_dispatcher)
linted_profiler = UnderLint(in_profiler)
