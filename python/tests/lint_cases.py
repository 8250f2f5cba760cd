"""Applications, servers and middleware that break one rule of lint, or none."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linting import HTML, App, Body, Played, Server, make_environ, play, start_nothing
from portico.lint import lint
from portico.lint_rules import Finding

Breaks = Callable[[], Played]


def right(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", HTML)
    return [b"right"]


def starts_nothing(_environ: Any, _start_response: Any) -> list[bytes]:
    return []


def starts_after_an_item(_environ: Any, start_response: Any) -> Iterator[bytes]:
    yield b""
    start_response("200 OK", HTML)
    yield b"late"


def returns_nothing(*_: Any) -> None:
    return None


def returns_array(*_: Any) -> bytearray:
    return bytearray(b"x")


def takes_one(_environ: Any) -> list[bytes]:
    return []


def takes_anything(*_args: Any, **_keywords: Any) -> list[bytes]:
    return []


NOT_CALLABLE: Any = 3


def given(*args: Any, body: Any = (b"body",), **keywords: Any) -> Breaks:
    """An application that gives start_response these arguments."""

    def application(environ: Any, start_response: Any) -> Any:
        start_response(*args, **keywords)
        return body

    return lambda: play(application)


def headers(*pairs: Any) -> Breaks:
    return given("200 OK", [*HTML, *pairs])


def served(**changes: Any) -> Breaks:
    """A server whose environ is different."""
    return lambda: play(right, make_environ(**changes))


def returned(body: Any) -> Breaks:
    return given("200 OK", HTML, body=body)


def reading(body: bytes, *reads: Callable[[Any], Any]) -> Breaks:
    """An application that reads so from wsgi.input."""

    def application(environ: Any, start_response: Any) -> Any:
        for read in reads:
            read(environ["wsgi.input"])
        return right(environ, start_response)

    return lambda: play(application, make_environ(body))


def reading_from(stream: Any, **changes: Any) -> Breaks:
    def application(environ: Any, start_response: Any) -> Any:
        environ["wsgi.input"].read(2)
        return right(environ, start_response)

    return lambda: play(application, make_environ(wsgi__input=stream, **changes))


def using_errors(use: Callable[[Any], Any]) -> Breaks:
    def application(environ: Any, start_response: Any) -> Any:
        use(environ["wsgi.errors"])
        return right(environ, start_response)

    return lambda: play(application)


def writes_bytes(errors: Any) -> None:
    with pytest.raises(TypeError):
        errors.write(b"x")


def of_application(application: App) -> Breaks:
    return lambda: play(application)


def called(*extra: Any, **keywords: Any) -> Played:
    findings: list[Finding] = []
    application = lint(takes_anything, findings.append)
    application(make_environ(), start_nothing, *extra, **keywords)
    return Played(findings, [], [], None, None)


def starting_with(start_response: Any) -> Played:
    findings: list[Finding] = []
    application = lint(right, findings.append)
    if callable(start_response):
        application(make_environ(), start_response)
    else:
        with pytest.raises(TypeError):
            application(make_environ(), start_response)
    return Played(findings, [], [], None, None)


def iterating_late() -> Played:
    played = play(returned_body(iter([b"a", b"b"])))
    list(played.body)
    return played


def returned_body(body: Any) -> App:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HTML)
        return body

    return application


def starts_twice(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", HTML)
    start_response("500 Oops", HTML)
    return [b""]


def forgets_exc_info(environ: Any, start_response: Any) -> list[bytes]:
    try:
        raise ValueError
    except ValueError:
        start_response("500 Oops", HTML)
    return [b""]


def traps_exc_info(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", HTML)
    yield b"sent"
    try:
        raise ValueError
    except ValueError:
        try:
            start_response("500 Oops", HTML, sys.exc_info())
        except ValueError:
            yield b"went on"


def writes(*items: Any) -> Breaks:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", HTML)
        for item in items:
            write(item)
        return []

    return of_application(application)


def writes_in_iteration(environ: Any, start_response: Any) -> Iterator[bytes]:
    write = start_response("200 OK", HTML)
    write(b"a")
    yield b"b"


def writes_late() -> Played:
    writers: list[Any] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        writers.append(start_response("200 OK", HTML))
        return []

    played = play(application)
    writers[0](b"late")
    return played


def without_type(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"body"]


class Miscounted(Body):
    def __len__(self) -> int:
        return 3


def raises(environ: Any, start_response: Any) -> list[bytes]:
    raise ValueError("no \u20ac")


def keeps_environ() -> Played:
    kept: list[Any] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        if kept:
            kept[0]["kept.count"] = len(kept)
        kept.append(environ)
        return right(environ, start_response)

    server = Server(application)
    server.play()
    server.play()
    return server.play()


def around(middleware: Callable[[App], App], application: App) -> Breaks:
    """Lint on both sides of middleware; both tell the same listener."""

    def both() -> Played:
        findings: list[Finding] = []
        inside = lint(application, findings.append)
        outside = play(middleware(inside))
        return outside._replace(findings=findings + outside.findings)

    return both


def several(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", HTML)
    yield b"first"
    yield b"second"


def errs_late(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", HTML)
    yield b""
    try:
        raise ValueError
    except ValueError:
        start_response("500 Oops", HTML, sys.exc_info())
    yield b"error"


def collects(application: App) -> App:
    def middleware(environ: Any, start_response: Any) -> list[bytes]:
        body = application(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            body.close()

    return middleware


def forgets_close(application: App) -> App:
    def middleware(environ: Any, start_response: Any) -> Iterator[bytes]:
        for item in application(environ, start_response):
            yield item.upper()

    return middleware


def writes_items(application: App) -> App:
    def middleware(environ: Any, start_response: Any) -> list[bytes]:
        written: list[Any] = []

        def start(*args: Any) -> Any:
            written.append(start_response(*args))
            return written[0]

        body = application(environ, start)
        for item in body:
            written[0](item)
        body.close()
        return []

    return middleware


def drops_exc_info(application: App) -> App:
    def middleware(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, _exc_info: Any = None) -> Any:
            return start_response(status, headers)

        return application(environ, start)

    return middleware


class Greedy(io.BytesIO):
    """A wsgi.input that gives more than it is asked for."""

    def read(self, size: Any = -1, /) -> bytes:
        return super().read(size + 1)


class BrokenOff(io.BytesIO):
    """The client has left: that is no fault of an application that lets the error pass."""

    def __next__(self) -> bytes:
        raise ConnectionResetError


def reads_all(environ: Any, start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    return right(environ, start_response) if body else []


def reads_lines(environ: Any, start_response: Any) -> list[bytes]:
    for line in environ["wsgi.input"]:
        assert line
    return right(environ, start_response)


def reports_its_error(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", HTML)
    try:
        raise ValueError
    except ValueError:
        start_response("500 Oops", HTML, sys.exc_info())
    environ["wsgi.errors"].write("told\n")
    environ["wsgi.errors"].writelines(["a", "b"])
    environ["wsgi.errors"].flush()
    return [b"error"]


def closes_what_it_wraps(application: App) -> App:
    def middleware(environ: Any, start_response: Any) -> Iterator[bytes]:
        body = application(environ, start_response)
        try:
            for item in body:
                yield item.upper()
        finally:
            body.close()

    return middleware
