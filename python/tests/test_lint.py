"""Each rule of lint: an application or a server that breaks it, and many that break none."""

from __future__ import annotations

import io
from typing import Any

import pytest

from lint_cases import (
    NOT_CALLABLE,
    Breaks,
    BrokenOff,
    Greedy,
    Miscounted,
    around,
    called,
    closes_what_it_wraps,
    collects,
    drops_exc_info,
    errs_late,
    forgets_close,
    forgets_exc_info,
    given,
    headers,
    iterating_late,
    keeps_environ,
    of_application,
    raises,
    reading,
    reading_from,
    reads_all,
    reads_lines,
    reports_its_error,
    returned,
    returned_body,
    returns_array,
    returns_nothing,
    right,
    served,
    several,
    starting_with,
    starts_after_an_item,
    starts_nothing,
    starts_twice,
    takes_one,
    traps_exc_info,
    using_errors,
    without_type,
    writes,
    writes_bytes,
    writes_in_iteration,
    writes_items,
    writes_late,
)
from linting import HTML, Body, make_environ, play
from portico.lint_rules import APPLICATION_RULES, MIDDLEWARE_RULES, SERVER_RULES

BREAKS: dict[str, list[Breaks]] = {
    "call-two-arguments": [lambda: called(1), lambda: called(name=1)],
    "environ-plain": [lambda: play(right, type("Subclass", (dict,), {})(make_environ()))],
    "environ-required": [
        *(served(**{name: None}) for name in ("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT")),
        *(served(**{f"wsgi__{name}": None}) for name in ("version", "url_scheme", "run_once")),
        served(PATH_INFO=None),
    ],
    "environ-strings": [served(REMOTE_PORT=80), served(X=b"x")],
    "environ-native": [served(PATH_INFO="/\u20ac"), served(HTTP_X="\ud800")],
    "environ-method": [served(REQUEST_METHOD=""), served(REQUEST_METHOD="A B")],
    "environ-script-name": [served(SCRIPT_NAME="/"), served(SCRIPT_NAME="app")],
    "environ-path-info": [served(PATH_INFO="*"), served(PATH_INFO="path")],
    "environ-query-string": [served(QUERY_STRING=None)],
    "environ-content-length": [served(CONTENT_LENGTH="-1"), served(CONTENT_LENGTH="five")],
    "environ-server-name": [served(SERVER_NAME="")],
    "environ-server-port": [served(SERVER_PORT="")],
    "environ-protocol": [served(SERVER_PROTOCOL=""), served(SERVER_PROTOCOL="1.1")],
    "environ-content-headers": [served(HTTP_CONTENT_TYPE="a/b"), served(HTTP_CONTENT_LENGTH="1")],
    "environ-proxy": [served(HTTP_PROXY="http://evil.example")],
    "environ-wsgi-version": [served(wsgi__version=[1, 0]), served(wsgi__version=(1, 1))],
    "environ-url-scheme": [served(wsgi__url_scheme="HTTP"), served(wsgi__url_scheme=1)],
    "environ-flags": [served(wsgi__multithread="1"), served(wsgi__run_once=2)],
    "environ-extension-names": [served(Server__Option="1"), served(**{"my.Option": 1})],
    "environ-client-disconnected": [served(portico__client_disconnected=False)],
    "environ-input": [served(wsgi__input=object()), served(wsgi__input=3)],
    "environ-errors": [served(wsgi__errors=object())],
    "start-response-callable": [lambda: starting_with("start_response")],
    "start-response-returns-write": [lambda: starting_with(returns_nothing)],
    "input-returns-bytes": [
        reading_from(io.StringIO("text")),
        reading_from(type("Array", (io.BytesIO,), {"read": returns_array})()),
    ],
    "input-within-length": [
        reading_from(Greedy(b"12345")),
        reading_from(io.BytesIO(b"12345"), CONTENT_LENGTH="1"),
    ],
    "iterated-after-close": [iterating_late],
    "close-once": [
        lambda: play(returned_body(Body(b"x")), closes=2),
        lambda: play(returned_body(Body(b"x")), closes=0)._replace(body=None),
    ],
    "application-callable": [of_application(NOT_CALLABLE), of_application(takes_one)],
    "returns-iterable": [returned(None), returned(3)],
    "returns-no-string": [returned("text"), returned(b"bytes")],
    "body-bytes": [returned(["text"]), returned(iter([bytearray(b"x")])), returned([None])],
    "start-response-called": [
        of_application(starts_nothing),
        of_application(lambda *args: iter([*starts_nothing(*args), b"x"])),
    ],
    "start-response-positional": [given("200 OK", headers=HTML)],
    "start-response-arguments": [given("200 OK"), given("200 OK", HTML, None, None)],
    "start-response-twice": [of_application(starts_twice)],
    "exc-info-type": [
        given("200 OK", HTML, "error"),
        given("200 OK", HTML, (None, None, None)),
        given("200 OK", HTML, ValueError()),
    ],
    "exc-info-missing": [of_application(forgets_exc_info)],
    "exc-info-trapped": [of_application(traps_exc_info)],
    "status": [
        *(given(status, HTML) for status in ("200", " 200 OK", "20 OK", "200 OK\r\nX: y", "abc")),
        *(given(status, HTML) for status in (200, b"200 OK", "200 \u20ac", "200 ", "099 Low")),
    ],
    "headers-list": [given("200 OK", tuple(HTML)), given("200 OK", {"A": "b"})],
    "header-pair": [headers(["A", "b"]), headers(("A", "b", "c")), headers("A: b")],
    "header-strings": [headers((b"A", "b")), headers(("A", 1)), headers(("A", None))],
    "header-name": [
        headers(("\u20ac", "a")),
        headers(("", "")),
        headers(("A B", "")),
        headers(("A:", "")),
        headers(("\xe9", "")),
    ],
    "header-status": [headers(("Status", "200 OK"))],
    "header-value-control": [
        headers(("A", text)) for text in ("a\r\nb", "a\n", "\0", "\x7f", "\t")
    ],
    "header-latin-1": [headers(("A", "\u20ac"))],
    "header-hop-by-hop": [headers(("Connection", "close")), headers(("transfer-encoding", "gzip"))],
    "content-type-missing": [of_application(without_type)],
    "content-length-value": [
        headers(("Content-Length", "4 ")),
        headers(("Content-Length", "4"), ("content-length", "4")),
    ],
    "content-length-short": [
        headers(("Content-Length", "5")),
        given("200 OK", [*HTML, ("Content-Length", "5")], body=iter([b"x"])),
    ],
    "content-length-long": [
        headers(("Content-Length", "3")),
        given("200 OK", [*HTML, ("Content-Length", "3")], body=iter([b"ab", b"cd"])),
    ],
    "body-for-no-content": [given("204 No Content", []), given("304 Not Modified", [])],
    "len-accurate": [returned(Miscounted(b"a", b"b"))],
    "input-past-end": [
        reading(b"12345", lambda stream: stream.read(6)),
        reading(b"12345", lambda stream: stream.read(5), lambda stream: stream.read(1)),
        reading(b"12345", lambda stream: stream.readline(6)),
    ],
    "input-attribute": [
        reading(b"", lambda stream: stream.close()),
        reading(b"", lambda stream: stream.seek(0)),
        reading(b"12345", next),
    ],
    "errors-attribute": [using_errors(lambda errors: errors.close())],
    "errors-text": [using_errors(writes_bytes)],
    "write-used": [writes(b"x")],
    "write-bytes": [writes("text"), writes(bytearray(b"x"))],
    "write-in-iteration": [of_application(writes_in_iteration)],
    "write-after-end": [writes_late],
    "environ-kept": [keeps_environ],
    "raises": [of_application(raises)],
    "middleware-blocks": [around(collects, several)],
    "middleware-close": [around(forgets_close, several)],
    "middleware-write": [around(writes_items, several)],
    "middleware-exc-info": [around(drops_exc_info, errs_late)],
}


@pytest.mark.parametrize(
    ("rule", "number"), [(rule, number) for rule in BREAKS for number in range(len(BREAKS[rule]))]
)
def test_a_broken_rule_is_found(rule: str, number: int) -> None:
    played = BREAKS[rule][number]()
    assert rule in played.rules


def test_every_rule_is_broken_by_some_case() -> None:
    assert list(BREAKS) == [*SERVER_RULES, *APPLICATION_RULES, *MIDDLEWARE_RULES]


KEEPS: dict[str, Breaks] = {
    "a list": of_application(right),
    "a generator": of_application(several),
    "a body of its own class": returned(Body(b"x")),
    "a body of known length": headers(("Content-Length", "4")),
    "no body": given("204 No Content", [], body=[]),
    "an empty body without a type": given("200 OK", [("Content-Length", "0")], body=[]),
    "a header with every latin-1 letter": headers(("X-A.b", "caf\xe9")),
    "the whole of the input": lambda: play(reads_all, make_environ(b"12345")),
    "the input's lines": lambda: play(reads_lines, make_environ(b"1\n2\n3")),
    "read() without a size": reading(b"12345", lambda stream: stream.read()),
    "read() when nothing is left": reading(
        b"12345", lambda stream: stream.read(), lambda stream: stream.read()
    ),
    "a reason in UTF-8": given("404 Gr\xc3\x80\xc3\xa4", HTML),
    "an input that breaks off": lambda: play(reads_lines, make_environ(wsgi__input=BrokenOff())),
    "a chunked body": lambda: play(reads_lines, make_environ(wsgi__input_terminated=True)),
    "an error with exc_info": of_application(reports_its_error),
    "HEAD": lambda: play(right, make_environ(REQUEST_METHOD="HEAD")),
    "a mount": lambda: play(right, make_environ(SCRIPT_NAME="/app", PATH_INFO="")),
    "middleware that streams": around(closes_what_it_wraps, several),
    "middleware that does nothing": around(lambda application: application, several),
    "middleware around a list": around(lambda application: application, right),
}


@pytest.mark.parametrize("name", KEEPS)
def test_what_keeps_the_rules_is_not_found(name: str) -> None:
    assert KEEPS[name]().findings == []


def test_a_late_start_is_no_second_one() -> None:
    assert of_application(starts_after_an_item)().rules == ["start-response-called"]


def test_what_is_used_of_a_stream_is_told_with_the_module_that_used_it() -> None:
    played = reading(b"", lambda stream: stream.seek(0))()
    assert played.evidence("input-attribute") == "wsgi.input.seek was used by test_lint"
    played = using_errors(lambda errors: errors.close())()
    assert played.evidence("errors-attribute") == "wsgi.errors.close was used by test_lint"


def test_a_loop_that_reads_blocks_of_one_size_past_the_end_is_one_finding() -> None:
    def reads(environ: Any, start_response: Any) -> list[bytes]:
        while environ["wsgi.input"].read(4):
            pass
        start_response("200 OK", HTML)
        return [b"answer"]

    evidence = {
        play(reads, make_environ(body)).evidence("input-past-end") for body in (b"12345", b"1")
    }
    assert evidence == {"read(4) was called where CONTENT_LENGTH leaves less"}
