"""Middleware inside the linted application that forgets close(), or calls it twice."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from linting import HTML, App, Body, Played, make_environ, play, start_nothing
from portico.lint import lint
from portico.lint_rules import Finding


def generates(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", HTML)
    yield b"a"
    yield b"b"


def has_body(environ: Any, start_response: Any) -> Body:
    start_response("200 OK", HTML)
    return Body(b"a", b"b")


def opens_file(environ: Any, start_response: Any) -> io.BytesIO:
    start_response("200 OK", HTML)
    return io.BytesIO(b"a\nb\n")


class IsItsBody:
    """An application that is a class, as PEP 3333 shows one."""

    def __init__(self, environ: Any, start_response: Any) -> None:
        self.start_response = start_response

    def __iter__(self) -> Iterator[bytes]:
        self.start_response("200 OK", HTML)
        yield b"a"

    def close(self) -> None:
        """There is something to close."""


class Forgets:
    def __init__(self, application: App) -> None:
        self.application = application

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        for item in self.application(environ, start_response):
            yield item.upper()


class Collects(Forgets):
    def __call__(self, environ: Any, start_response: Any) -> Any:
        return [b"".join(self.application(environ, start_response))]


class Delegates(Forgets):
    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        yield from self.application(environ, start_response)


class Twice(Forgets):
    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        body: Any = self.application(environ, start_response)
        yield from body
        body.close()
        body.close()


class Closes(Forgets):
    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        body: Any = self.application(environ, start_response)
        try:
            yield from body
        finally:
            body.close()


class PassesOn(Forgets):
    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.application(environ, start_response)


def followed(middleware: type[Forgets], application: App) -> Played:
    return play(middleware(application), follow=True)


APPLICATIONS: list[App] = [generates, has_body, opens_file, IsItsBody]


@pytest.mark.parametrize("application", APPLICATIONS)
@pytest.mark.parametrize("middleware", [Forgets, Collects, Delegates])
def test_who_forgets_close_is_named(middleware: type[Forgets], application: App) -> None:
    (found,) = followed(middleware, application).findings
    assert found.rule == "middleware-close"
    qualified = sys.version_info >= (3, 11)
    outside = f"{middleware.__qualname__}.__call__" if qualified else "__call__"
    assert found.evidence.startswith(f"{__name__}.{outside} never called close() of what ")


@pytest.mark.parametrize("application", APPLICATIONS)
def test_who_calls_it_twice_is_named(application: App) -> None:
    (found,) = followed(Twice, application).findings
    assert found.evidence.endswith(" 2 times")


@pytest.mark.parametrize("application", APPLICATIONS)
@pytest.mark.parametrize("middleware", [Closes, PassesOn])
def test_who_calls_it_once_is_not_found(middleware: type[Forgets], application: App) -> None:
    assert followed(middleware, application).findings == []


@pytest.mark.parametrize("application", APPLICATIONS)
def test_middleware_around_middleware_is_each_judged(application: App) -> None:
    assert followed(Closes, Closes(PassesOn(application))).findings == []
    assert len(followed(Closes, Forgets(PassesOn(application))).findings) == 1


def test_an_application_that_is_left_early_closes_what_it_delegates_to() -> None:
    findings: list[Finding] = []
    body: Any = lint(Delegates(generates), findings.append, follow=True)(
        make_environ(), start_nothing
    )
    assert next(body) == b"a"
    body.close()
    assert findings == []


def test_an_earlier_profile_function_goes_on_hearing() -> None:
    heard: list[str] = []

    def profile(frame: Any, event: str, _arg: Any) -> None:
        heard.append(frame.f_code.co_name if event == "call" else "")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        followed(Closes, has_body)
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(before)
    assert "has_body" in heard


def test_a_profiler_inside_takes_the_place_and_nobody_is_accused() -> None:
    def profiles(environ: Any, start_response: Any) -> Any:
        body = has_body(environ, start_response)
        sys.setprofile(None)
        items = list(body)
        body.close()
        return items

    assert play(profiles, follow=True).findings == []
