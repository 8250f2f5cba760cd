"""Lint: middleware that judges server and application by PEP 3333, and changes nothing.

Mirrors src/wsgi/lint.ts. It needs no other part of a worker: ``lint(application)`` works under any
server. Unlike wsgiref.validate it tells of a fault and goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from .lint_body import take_body
from .lint_environ import broken_in_environ
from .lint_evidence import is_a, kind_of
from .lint_follow import Follower
from .lint_kept import EnvironWatch
from .lint_request import NESTING_KEY, THE_CALL, LintedRequest, Nesting, Running
from .lint_response import LintedResponse
from .lint_rules import Finding, Report
from .lint_streams import LintedErrors, LintedInput
from .wsgi import Application

# Lines that are told once by the default report; beyond these it is silent.
MAX_LINES: Final = 1000


def lint(
    application: Application, report: Report | None = None, *, follow: bool = False
) -> Application:
    """The application under lint.

    `report` is told of each finding; without it each is a line of wsgi.errors, once. `follow` finds
    middleware inside the application too: slower, with the profile function of the thread.
    """
    return LintedApplication(application, report, follow=follow)


class LintedApplication:
    """One application; its requests may run on many threads."""

    def __init__(
        self, application: Application, report: Report | None = None, *, follow: bool = False
    ) -> None:
        self._application = application
        self._report = report
        self._follow = follow
        self._watch = EnvironWatch()
        self._lines: set[tuple[str, str]] = set()

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        environ: Any = next(iter((*args, *keywords.values())), None)
        if not is_a(environ, MutableMapping):
            return self._call_blindly(args, keywords, self._request({}))
        request = self._begin(environ)
        if len(args) != 2 or keywords:
            return self._call_blindly(args, keywords, request)
        start_response = args[1]
        for broken in broken_in_environ(environ):
            request.tell(*broken)
        if not callable(start_response):
            request.tell("start-response-callable", f"start_response is {kind_of(start_response)}")
        _put_streams(environ, request)
        response = LintedResponse(start_response, request, environ.get("REQUEST_METHOD"))
        file_wrapper = environ.get("wsgi.file_wrapper")
        if not callable(self._application):
            kind = kind_of(self._application)
            request.tell("application-callable", f"the application is {kind}")
        try:
            with Running(request, THE_CALL):
                body = self._application(environ, response.start)
        except BaseException:
            request.end(None)
            raise
        return take_body(body, request, response, file_wrapper)

    def _call_blindly(
        self, args: tuple[Any, ...], keywords: dict[str, Any], request: LintedRequest
    ) -> Any:
        """What is not called as an application is cannot be judged any further."""
        names = "".join(f", {name}= among them" for name in keywords)
        what = f"the application was called with {len(args) + len(keywords)} arguments{names}"
        request.tell("call-two-arguments", what)
        return self._application(*args, **keywords)

    def _begin(self, environ: MutableMapping[Any, Any]) -> LintedRequest:
        request = self._request(environ)
        if self._follow:
            request.follower = Follower(request)
        environ[NESTING_KEY] = nesting = Nesting(request)
        if request.outer is None:
            self._watch.begin(nesting)
        return request

    def _request(self, environ: Mapping[Any, Any]) -> LintedRequest:
        errors = environ.get("wsgi.errors")

        def write_line(finding: Finding) -> None:
            known = (finding.rule, finding.evidence)
            if errors is not None and known not in self._lines and len(self._lines) < MAX_LINES:
                self._lines.add(known)
                errors.write(f"lint: {finding.rule}: {finding.evidence} [{finding.request}]\n")

        return LintedRequest(environ, self._report, write_line)


def _put_streams(environ: MutableMapping[Any, Any], request: LintedRequest) -> None:
    """A stream that a lint outside judges already is left as it is."""
    stream, errors = environ.get("wsgi.input"), environ.get("wsgi.errors")
    if stream is not None and not hasattr(stream, "is_linted"):
        environ["wsgi.input"] = LintedInput(stream, environ, request)
    if errors is not None and not hasattr(errors, "is_linted"):
        environ["wsgi.errors"] = LintedErrors(errors, request)
