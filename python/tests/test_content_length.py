"""A body against its Content-Length, as a real worker sends it."""

from __future__ import annotations

import pytest

from conftest import Run
from gateway import Answer, Gateway
from portico.frames import ErrorCode, LogLevel

LENGTHS = """
import json
def app(environ, start_response):
    kind, length, items = json.loads(environ["QUERY_STRING"])
    items = [item.encode() for item in items]
    write = start_response("200 OK", [("content-LENGTH", str(length))])
    if kind == "write":
        for item in items:
            write(item)
        return []
    return items if kind == "list" else iter(items)
"""


def ask(gateway: Gateway, kind: str, length: int, items: str, method: str = "GET") -> Answer:
    return gateway.get("/", QUERY_STRING=f'["{kind}", {length}, {items}]', REQUEST_METHOD=method)


@pytest.mark.parametrize("kind", ["list", "iter", "write"])
@pytest.mark.parametrize("items", ['["hello world"]', '["he", "llo wo", "rld"]', '["hello","!"]'])
def test_no_byte_is_sent_beyond_content_length(run: Run, kind: str, items: str) -> None:
    answer = ask(run(LENGTHS), kind, 5, items)
    assert (answer.body, answer.reset) == (b"hello", None)
    warnings = [text for level, text in answer.logs if level == LogLevel.WARNING]
    # An iterator that has given enough is not asked for more, so nobody knows of the rest.
    assert len(warnings) == (0 if kind == "iter" and items == '["hello","!"]' else 1)


def test_a_list_that_is_too_short_is_refused_before_anything_is_sent(run: Run) -> None:
    answer = ask(run(LENGTHS), "list", 50, '["hello"]')
    assert answer.status == ""
    assert answer.reset is not None


@pytest.mark.parametrize("kind", ["iter", "write"])
def test_a_body_that_ends_early_cuts_the_answer_and_is_logged(run: Run, kind: str) -> None:
    answer = ask(run(LENGTHS), kind, 50, '["hello"]')
    assert answer.body == b"hello"
    text = "ApplicationError: the body ended 45 bytes short of Content-Length"
    assert answer.reset == (ErrorCode.INTERNAL_ERROR, text)
    assert text in answer.log_text


@pytest.mark.parametrize("kind", ["list", "iter"])
def test_head_may_lack_the_body_that_its_length_promises(run: Run, kind: str) -> None:
    answer = ask(run(LENGTHS), kind, 50, "[]", "HEAD")
    assert (answer.status, answer.headers) == ("200 OK", [("content-LENGTH", "50")])
    assert (answer.body, answer.reset) == (b"", None)


def test_head_carries_one_item_of_unsaid_length_for_the_gateway_to_count(run: Run) -> None:
    gateway = run(
        """
        def app(environ, start_response):
            start_response("200 OK", [])
            return [b"hello"]
        """
    )
    assert gateway.get("/", REQUEST_METHOD="HEAD").body == b"hello"


def test_content_length_zero_is_kept(run: Run) -> None:
    answer = ask(run(LENGTHS), "list", 0, '["hello"]')
    assert (answer.status, answer.body, answer.reset) == ("200 OK", b"", None)


@pytest.mark.parametrize("name", ["X-Sendfile", "x-accel-redirect"])
def test_the_length_of_a_file_that_the_gateway_is_to_send_is_not_that_of_the_body(
    run: Run, name: str
) -> None:
    gateway = run(
        f"""
def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "50"), ("{name}", "/a.txt")])
    return [] if environ["PATH_INFO"] == "/list" else iter([])
"""
    )
    for path in ("/list", "/iter"):
        answer = gateway.get(path)
        assert (answer.body, answer.reset) == (b"", None)
        assert ("Content-Length", "50") in answer.headers
