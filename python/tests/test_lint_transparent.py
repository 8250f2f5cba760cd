"""Under lint all is as without it: the same items at the same time, the same objects."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.util import FileWrapper

import pytest

from linting import HTML, Body, Server, make_environ, play, start_nothing
from portico.lint import lint
from portico.lint_rules import Finding

SOURCES = Path(__file__).parents[1] / "src"


def returning(body: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HTML)
        return body

    return application


@pytest.mark.parametrize("body", [[b"a"], (b"a", b"b"), []])
def test_a_list_stays_the_very_list(body: Any) -> None:
    assert play(returning(body)).body is body


def test_an_item_passes_before_the_next_is_made() -> None:
    made: list[str] = []

    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", HTML)
        for name in ("first", "second"):
            made.append(name)
            yield name.encode()

    body = iter(lint(application)(make_environ(), start_nothing))
    assert made == []
    assert next(body) == b"first"
    assert made == ["first"]


def test_an_iterator_whose_len_has_come_to_0_is_asked_for_no_other() -> None:
    class Countdown(Body):
        left = 1

        def __len__(self) -> int:
            return self.left

        def __iter__(self) -> Countdown:
            assert self.left, "iter() was called again"
            return self

        def __next__(self) -> bytes:
            self.left -= 1
            return super().__next__()

    played = play(returning(Countdown(b"a")))
    assert (played.written, played.error) == ([b"a"], None)


def test_an_application_cannot_fill_a_finding() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [*HTML, ("X" * 10_000, 5), ("Y" * 10_000, "\n")])
        return [b"a"]

    played = play(application)
    assert {"header-strings", "header-value-control"} <= set(played.rules)
    assert all(len(finding.evidence) < 1000 for finding in played.findings)


def test_len_works_where_it_worked() -> None:
    class Sized(Body):
        def __len__(self) -> int:
            return 1

    assert len(play(returning(Sized(b"a"))).body) == 1
    with pytest.raises(TypeError):
        len(play(returning(Body(b"a"))).body)


def test_close_is_passed_on_each_time() -> None:
    body = Body(b"a")
    play(returning(body), closes=2)
    assert body.closed == 2


def test_the_servers_file_wrapper_stays_what_it_is_and_its_close_is_counted() -> None:
    file = io.BytesIO(b"file")
    wrapper = FileWrapper(file)
    environ = make_environ(wsgi__file_wrapper=FileWrapper)
    played = play(returning(wrapper), environ, closes=0)
    assert played.body is wrapper
    assert not file.closed
    wrapper.close()
    wrapper.close()
    assert file.closed
    assert played.rules == ["close-once"]


def test_write_goes_through_with_what_the_server_raises() -> None:
    raised: list[str] = []

    def refuses(data: bytes) -> None:
        raise ConnectionError("gone")

    def application(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", HTML)
        try:
            write(b"x")
        except ConnectionError as error:
            raised.append(str(error))
            raise
        return []

    def refusing(*_: Any) -> Any:
        return refuses

    findings: list[Finding] = []
    with pytest.raises(ConnectionError):
        lint(application, findings.append)(make_environ(), refusing)
    assert raised == ["gone"]
    assert [finding.rule for finding in findings] == ["write-used"]


def test_exc_info_reaches_the_server_and_is_not_kept() -> None:
    class Local:
        """Lives as long as the traceback that leads to it."""

    given: list[Any] = []
    locals_: list[weakref.ref[Local]] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        local = Local()
        locals_.append(weakref.ref(local))
        try:
            raise ValueError("seen")
        except ValueError:
            start_response("500 Oops", HTML, sys.exc_info())
        return [b""]

    def start_response(*args: Any) -> Any:
        given.append(args[2][1].args)
        return start_nothing

    gc.disable()
    try:
        lint(application)(make_environ(), start_response)
        assert locals_[0]() is None
    finally:
        gc.enable()
    assert given == [("seen",)]


def test_the_environ_stays_a_dict_with_all_that_was_in_it() -> None:
    seen: list[Any] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        seen.append({**environ})
        seen.append(type(environ))
        start_response("200 OK", HTML)
        return []

    environ = make_environ(server__own=1)
    names = {*environ, "portico.lint"}
    play(application, environ)
    assert seen[0].keys() == names
    assert seen[1] is dict


def test_the_input_does_all_it_did() -> None:
    stream = io.BytesIO(b"1\n2\n3\n4\n5\n6")

    def application(environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"]
        read = [body.readline(), body.readline(1), body.read(1), *body.readlines(1), next(body)]
        read += [*body, body.read()]
        start_response("200 OK", HTML)
        return read

    played = play(application, make_environ(wsgi__input=stream))
    assert played.written == [b"1\n", b"2", b"\n", b"3\n", b"4\n", b"5\n", b"6", b""]


def test_threads_do_not_disturb_one_another() -> None:
    together = threading.Barrier(8, timeout=10)

    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", HTML)
        together.wait()
        yield environ["PATH_INFO"].encode()
        if environ["PATH_INFO"] == "/3":
            start_response("200 OK", HTML)

    server = Server(application)
    threads = [
        threading.Thread(target=server.play, args=(make_environ(PATH_INFO=f"/{number}"),))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(finding.rule, finding.request) for finding in server.findings] == [
        ("start-response-twice", "GET /3")
    ]


class Wsgiref(SimpleHandler):
    """The standard library's own server, without its copy of this process's variables."""

    os_environ: MutableMapping[str, str] = {}  # noqa: RUF012 (so it is there)


def test_a_right_application_has_no_finding_under_wsgiref() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        environ["wsgi.errors"].write("told\n")
        start_response("200 OK", HTML)
        if environ["PATH_INFO"] == "/file":
            return environ["wsgi.file_wrapper"](io.BytesIO(b"right"))
        return iter([environ["wsgi.input"].read(5)])

    findings: list[Finding] = []
    linted = lint(application, findings.append)
    for path in ("/items", "/file"):
        out, errors = io.BytesIO(), io.StringIO()
        cgi = {
            name: value for name, value in make_environ(b"right").items() if isinstance(value, str)
        }
        environ = {**cgi, "PATH_INFO": path}
        Wsgiref(io.BytesIO(b"right"), out, errors, environ).run(linted)
        assert out.getvalue().endswith(b"right")
        assert errors.getvalue() == "told\n"
    assert findings == []


def test_without_a_report_each_finding_is_one_line_of_wsgi_errors() -> None:
    application = lint(returning("text"))
    lines: list[str] = []
    for _ in range(3):
        environ = make_environ()
        errors = environ["wsgi.errors"]
        application(environ, start_nothing)
        lines.append(errors.getvalue())
    assert lines[0] == (
        'lint: returns-no-string: the application returned the text "text" [GET /path]\n'
    )
    assert lines[1:] == ["", ""]


def test_a_lint_without_a_report_tells_that_of_the_lint_around_it() -> None:
    played = play(lint(returning("text")))
    assert played.rules == ["returns-no-string"]


def test_lint_needs_nothing_of_a_worker() -> None:
    script = "import sys, portico.lint; sys.exit('portico.worker' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": str(SOURCES)})
