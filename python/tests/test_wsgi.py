"""The server half of PEP 3333, seen from both sides of a real worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run
from gateway import Gateway
from portico.frames import ErrorCode, FrameFlag, FrameType, LogLevel
from test_connection import Gate

CLOSING = """
import threading, time
closed = 0

class Body:
    def __init__(self, items):
        self.items = iter(items)
    def __iter__(self):
        return self
    def __next__(self):
        item = next(self.items)
        if isinstance(item, BaseException):
            raise item
        return item
    def close(self):
        global closed
        closed += 1

def endless():
    while True:
        yield b"x" * 1000

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/closed":
        start_response("200 OK", [])
        return [str(closed).encode()]
    headers = [("Content-Length", environ["QUERY_STRING"])] if environ["QUERY_STRING"] else []
    if path == "/status":
        start_response(environ["QUERY_STRING"].replace("+", " "), [])
        return Body([b"a", b"b"])
    if path != "/late":
        start_response("200 OK", headers)
    if path == "/items":
        return Body([b"a", b"", b"b"])
    if path == "/raises":
        return Body([b"a", ValueError("in the middle")])
    if path == "/raises-first":
        return Body([ValueError("at once")])
    if path == "/endless":
        return Body(endless())
    if path == "/text":
        return Body(["text"])
    if path == "/late":
        return Body([b"a"])
"""


def closed(gateway: Gateway) -> int:
    return int(gateway.get("/closed").body)


def test_the_parts_of_a_list_come_as_one_body(run: Run) -> None:
    gateway = run(
        """
        def app(environ, start_response):
            start_response("200 OK", [])
            return [b"a", b"", b"b", b"c"]
        """
    )
    assert gateway.get("/").body == b"abc"


@pytest.mark.parametrize("body", ["[]", "[b'']", "()", "iter([])", "iter([b'', b''])"])
def test_an_empty_body_is_a_response_that_ends_its_stream(run: Run, body: str) -> None:
    gateway = run(
        f"""
        def app(environ, start_response):
            start_response("204 No Content", [("X-A", "1")])
            return {body}
        """
    )
    frame = gateway.expect(FrameType.RESPONSE, gateway.open("/"))
    assert frame.flags == FrameFlag.END_STREAM
    assert frame.payload == b"204 No Content\0X-A\x001"


def test_each_item_leaves_before_the_next_is_asked_for(run: Run, tmp_path: Path) -> None:
    gateway = run(
        """
        def app(environ, start_response):
            start_response("200 OK", [])
            yield b"1"
            open(environ["QUERY_STRING"]).read()
            yield b"2"
        """
    )
    gate = Gate(tmp_path)
    stream = gateway.open("/", QUERY_STRING=gate.path)
    assert gateway.expect(FrameType.DATA, stream).payload == b"1"
    gate.open()
    assert gateway.expect(FrameType.DATA, stream).payload == b"2"


def test_empty_items_send_nothing_and_start_response_may_still_change(run: Run) -> None:
    gateway = run(
        """
        import sys
        def app(environ, start_response):
            start_response("200 OK", [("X-First", "1")])
            yield b""
            try:
                raise ValueError
            except ValueError:
                start_response("500 Oops", [], sys.exc_info())
            yield b"changed"
        """
    )
    assert gateway.get("/")[:3] == ("500 Oops", [], b"changed")


def test_a_generator_may_start_late(run: Run) -> None:
    gateway = run(
        """
        def app(environ, start_response):
            start_response("200 OK", [])
            yield b"late"
        """
    )
    assert gateway.get("/").body == b"late"


def test_write_sends_at_once_and_comes_before_the_items(run: Run, tmp_path: Path) -> None:
    gateway = run(
        """
        def app(environ, start_response):
            write = start_response("200 OK", [])
            write(b"a")
            open(environ["QUERY_STRING"]).read()
            write(b"")
            write(b"b")
            return [b"c", b"d"]
        """
    )
    gate = Gate(tmp_path)
    stream = gateway.open("/", QUERY_STRING=gate.path)
    assert gateway.expect(FrameType.DATA, stream).payload == b"a"
    gate.open()
    assert gateway.answer(stream).body == b"bcd"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/items", "GET"),
        ("/items", "HEAD"),
        ("/raises", "GET"),
        ("/raises-first", "GET"),
        ("/text", "GET"),
        ("/late", "GET"),
        ("/endless", "HEAD"),
    ],
)
def test_close_is_called_once(run: Run, path: str, method: str) -> None:
    gateway = run(CLOSING)
    gateway.get(path, REQUEST_METHOD=method)
    assert closed(gateway) == 1


def test_close_is_called_once_when_the_length_is_reached(run: Run) -> None:
    gateway = run(CLOSING)
    assert gateway.get("/endless", QUERY_STRING="2500").body == b"x" * 2500
    assert closed(gateway) == 1


def test_close_is_called_once_when_the_client_leaves(run: Run) -> None:
    gateway = run(CLOSING)
    stream = gateway.open("/endless")
    gateway.expect(FrameType.DATA, stream)
    gateway.cancel(stream)
    answer = gateway.answer(stream)
    assert answer.reset == (ErrorCode.CANCEL, "")
    assert not answer.logs
    assert closed(gateway) == 1


@pytest.mark.parametrize("status", ["204+No+Content", "205+Reset+Content", "304+Not+Modified"])
def test_a_status_without_a_body_sends_none(run: Run, status: str) -> None:
    gateway = run(CLOSING)
    answer = gateway.get("/status", QUERY_STRING=status)
    assert (answer.body, answer.reset) == (b"", None)
    assert closed(gateway) == 1


def test_an_error_in_close_is_logged_and_leaves_the_answer_complete(run: Run) -> None:
    gateway = run(
        """
        class Body:
            def __iter__(self):
                return iter([b"whole"])
            def close(self):
                raise ValueError("in close")
        def app(environ, start_response):
            start_response("200 OK", [])
            return Body()
        """
    )
    assert gateway.get("/").body == b"whole"
    log = gateway.expect(FrameType.LOG)
    assert log.flags == LogLevel.ERROR
    assert b"ValueError: in close" in log.payload


def test_an_error_before_the_head_names_the_request_and_the_exception(run: Run) -> None:
    gateway = run(
        """
        def inner():
            raise ValueError("broken \\u20ac")
        def app(environ, start_response):
            environ.clear()
            start_response("200 OK", [])
            inner()
        """
    )
    answer = gateway.get("/", REQUEST_URI="/path?x=1")
    assert answer.status == ""
    assert answer.reset == (ErrorCode.INTERNAL_ERROR, "ValueError: broken \u20ac")
    first, *rest = answer.log_text.split("\n")
    assert first == "Error handling request GET /path?x=1"
    assert rest[0] == "Traceback (most recent call last):"
    assert "app.py" in rest[1]
    assert rest[-1] == "ValueError: broken \u20ac"


def test_an_error_after_the_head_cuts_the_answer(run: Run) -> None:
    answer = run(CLOSING).get("/raises")
    assert (answer.status, answer.body) == ("200 OK", b"a")
    assert answer.reset == (ErrorCode.INTERNAL_ERROR, "ValueError: in the middle")
    assert "ValueError: in the middle" in answer.log_text


@pytest.mark.parametrize("error", ["SystemExit(3)", "KeyboardInterrupt()", "GeneratorExit()"])
def test_no_exception_ends_the_worker(run: Run, error: str) -> None:
    gateway = run(
        f"""
        def app(environ, start_response):
            if environ["PATH_INFO"] == "/raise":
                raise {error}
            start_response("200 OK", [])
            return [b"alive"]
        """
    )
    for _ in range(3):
        answer = gateway.get("/raise")
        assert answer.reset
        assert answer.reset[0] == ErrorCode.INTERNAL_ERROR
    assert gateway.get("/").body == b"alive"


def test_an_exception_that_cannot_be_text_is_reported_all_the_same(run: Run) -> None:
    gateway = run(
        """
        class Odd(Exception):
            def __str__(self):
                raise ValueError
        def app(environ, start_response):
            raise Odd
        """
    )
    assert gateway.get("/").reset == (
        ErrorCode.INTERNAL_ERROR,
        "Odd: (its text could not be made: ValueError)",
    )


@pytest.mark.parametrize("body", ["['text']", "iter(['text'])", "[b'a', 'text']", "'text'"])
def test_text_in_the_body_is_an_error_that_says_so(run: Run, body: str) -> None:
    gateway = run(
        f"""
        def app(environ, start_response):
            start_response("200 OK", [])
            return {body}
        """
    )
    text = "ApplicationError: the body has a str where bytes belong"
    assert gateway.get("/").reset == (ErrorCode.INTERNAL_ERROR, text)


def test_a_body_before_start_response_is_an_error(run: Run) -> None:
    answer = run("def app(environ, start_response): return [b'x']").get("/")
    assert answer.reset
    assert answer.reset[1].endswith("the body began before start_response was called")


def test_none_in_place_of_a_body_is_an_error(run: Run) -> None:
    answer = run("def app(environ, start_response): start_response('200 OK', [])").get("/")
    assert answer.reset == (
        ErrorCode.INTERNAL_ERROR,
        "ApplicationError: the application returned None, not an iterable of bytes",
    )


def test_only_iteration_and_close_are_used_of_a_body(run: Run) -> None:
    gateway = run(
        """
        looked = []
        class Body:
            def __getattr__(self, name):
                looked.append(name)
                raise AttributeError(name)
            def __iter__(self):
                return iter([b"x"])
        def app(environ, start_response):
            start_response("200 OK", [])
            return Body() if environ["PATH_INFO"] == "/" else [repr(looked).encode()]
        """
    )
    gateway.get("/")
    assert gateway.get("/looked").body == b"['close']"


def test_the_application_gets_two_positional_arguments(run: Run) -> None:
    gateway = run(
        """
        class App:
            def __call__(self, *arguments, **keywords):
                arguments[1]("200 OK", [])
                return [repr((len(arguments), keywords)).encode()]
        app = App()
        """
    )
    assert gateway.get("/").body == b"(2, {})"


def test_the_standard_validator_has_nothing_to_say(run: Run) -> None:
    gateway = run(
        """
        from wsgiref.validate import validator
        @validator
        def app(environ, start_response):
            environ["wsgi.input"].read(3)
            list(environ["wsgi.input"])
            environ["wsgi.errors"].write("text\\n")
            environ["wsgi.errors"].flush()
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"valid"]
        """
    )
    answer = gateway.get("/", b"a body\nof lines", REQUEST_METHOD="POST")
    assert (answer.body, answer.reset) == (b"valid", None)
    assert answer.errors_text == "text\n"
