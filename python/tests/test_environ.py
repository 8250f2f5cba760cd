"""The environ, wsgi.input and wsgi.errors that an application gets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from gateway import Answer, Gateway
from portico.frames import (
    ErrorCode,
    Frame,
    FrameFlag,
    FrameType,
    LogLevel,
    decode_reason,
    encode_frame,
    encode_strings,
    pack_u32,
)

SHOW = """
import sys
def app(environ, start_response):
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/spoil":
        environ.clear()
        environ["spoilt"] = "yes"
        return []
    return [ascii(eval(environ["QUERY_STRING"])).encode("ascii")]
"""

BODY = b"first\r\nsecond line\n\nlast"


def show(gateway: Gateway, expression: str, body: bytes | None = None, /, **environ: Any) -> str:
    answer = gateway.get("/", body, QUERY_STRING=expression, **environ)
    assert answer.reset is None, answer.log_text
    return answer.body.decode()


def test_environ_is_a_plain_dictionary_of_native_strings(run: Run) -> None:
    gateway = run(SHOW)
    assert show(gateway, "type(environ) is dict") == "True"
    kinds = "{type(value) for name, value in environ.items() if '.' not in name}"
    assert show(gateway, kinds) == "{<class 'str'>}"
    assert show(gateway, "environ['HTTP_X']", HTTP_X="caf\xc3\xa9") == r"'caf\xc3\xa9'"
    assert show(gateway, "'HOME' in environ, 'PATH' in environ") == "(False, False)"


def test_the_values_of_wsgi_are_what_pep_3333_asks(run: Run) -> None:
    gateway = run(SHOW, multiprocess="1", software="portico/9")
    assert show(gateway, "environ['wsgi.version']") == "(1, 0)"
    assert show(gateway, "environ['wsgi.url_scheme']") == "'http'"
    flags = "[*map(environ.get, ('wsgi.multithread', 'wsgi.multiprocess', 'wsgi.run_once'))]"
    assert show(gateway, flags) == "[False, True, False]"
    assert show(gateway, "environ['SERVER_SOFTWARE']") == "'portico/9'"
    assert show(gateway, "callable(environ['wsgi.file_wrapper'])") == "True"


def test_multithread_is_true_with_threads(run: Run) -> None:
    gateway = run(SHOW, threads="2")
    flags = "environ['wsgi.multithread'], environ['wsgi.multiprocess']"
    assert show(gateway, flags) == "(True, False)"


def test_queue_time_is_a_float_and_zero_where_nothing_was_waited_for(run: Run) -> None:
    gateway = run(SHOW)
    queue_time = "environ['portico.queue_time']"
    assert show(gateway, queue_time) == "0.0"
    assert show(gateway, queue_time, **{"portico.queue_time": "0.250000"}) == "0.25"


def test_input_terminated_is_true_where_it_was_sent(run: Run) -> None:
    gateway = run(SHOW)
    expression = "environ.get('wsgi.input_terminated')"
    assert show(gateway, expression) == "None"
    assert show(gateway, expression, b"x", **{"wsgi.input_terminated": "1"}) == "True"


def test_what_an_application_does_to_environ_ends_with_the_request(run: Run) -> None:
    gateway = run(SHOW)
    gateway.get("/spoil")
    assert show(gateway, "environ.get('spoilt')") == "None"


def test_nul_in_a_value_crosses_escaped(run: Run) -> None:
    gateway = run(SHOW)
    items = {"REQUEST_METHOD": "GET", "PATH_INFO%": "/a%00b%25c%2500", "QUERY_STRING": "environ"}
    payload = encode_strings([text for pair in items.items() for text in pair])
    query = payload.replace(b"environ", b"environ['PATH_INFO'], 'PATH_INFO%' in environ")
    flags = FrameFlag.END_STREAM | FrameFlag.ESCAPED
    gateway.send(FrameType.REQUEST, flags, 1, query)
    assert gateway.answer(1).body == rb"('/a\x00b%c%00', False)"


READS: list[tuple[str, object]] = [
    ("i.read()", BODY),
    ("i.read(-1)", BODY),
    ("[i.read(5), i.read(0), i.read(2), i.read()]", [b"first", b"", b"\r\n", BODY[7:]]),
    (
        "[i.read(1000), i.read(), i.read(1), i.readline(), i.readlines(), list(i)]",
        [BODY, b"", b"", b"", [], []],
    ),
    ("[i.readline(), i.readline(3), i.readline(100)]", [b"first\r\n", b"sec", b"ond line\n"]),
    ("i.readlines()", [b"first\r\n", b"second line\n", b"\n", b"last"]),
    ("i.readlines(8)", [b"first\r\n", b"second line\n"]),
    ("list(i)", [b"first\r\n", b"second line\n", b"\n", b"last"]),
    ("[i.read(), i.seek(0), i.read(5), i.tell()]", [BODY, 0, b"first", 5]),
]


@pytest.mark.parametrize("kind", ["memory", "file"])
@pytest.mark.parametrize(("expression", "expected"), READS)
def test_input_reads_as_a_file_does(
    run: Run, tmp_path: Path, kind: str, expression: str, expected: object
) -> None:
    gateway = run(SHOW)
    query = expression.replace("i.", "environ['wsgi.input'].").replace(
        "(i)", "(environ['wsgi.input'])"
    )
    if kind == "memory":
        assert show(gateway, query, BODY) == ascii(expected)
        return
    path = tmp_path / "b\u00f6dy"
    path.write_bytes(BODY)
    name = os.fsencode(path).decode("latin-1")
    assert show(gateway, query, **{"portico.body_file": name}) == ascii(expected)


def test_no_body_reads_as_nothing(run: Run) -> None:
    query = "[f() for i in [environ['wsgi.input']] for f in (i.read, i.readline, i.readlines)]"
    assert show(run(SHOW), query) == "[b'', b'', []]"


def test_a_body_of_many_frames_is_one(run: Run) -> None:
    gateway = run(SHOW)
    items = ["REQUEST_METHOD", "POST", "PATH_INFO", "/"]
    query = ["QUERY_STRING", "len(environ['wsgi.input'].read())"]
    gateway.send(FrameType.REQUEST, 0, 1, encode_strings(items + query))
    for _ in range(20):
        gateway.send(FrameType.DATA, 0, 1, bytes(1 << 20))
    gateway.send(FrameType.DATA, FrameFlag.END_STREAM, 1)
    assert gateway.answer(1).body == str(20 << 20).encode()


def test_a_body_file_is_unlinked_and_its_name_not_shown(run: Run, tmp_path: Path) -> None:
    gateway = run(SHOW)
    path = tmp_path / "body"
    path.write_bytes(BODY)
    query = f"[__import__('os').path.exists({str(path)!r}), 'portico.body_file' in environ]"
    assert show(gateway, query, **{"portico.body_file": str(path)}) == "[False, False]"
    assert not path.exists()


def test_a_body_file_is_closed_at_the_end_of_its_request(run: Run, tmp_path: Path) -> None:
    gateway = run(SHOW)
    path = tmp_path / "body"
    path.write_bytes(BODY)
    keep = "sys.__dict__.setdefault('kept', environ['wsgi.input']).closed"
    assert show(gateway, keep, **{"portico.body_file": str(path)}) == "False"
    assert show(gateway, "sys.kept.closed") == "True"


def test_a_body_file_that_is_gone_is_that_requests_error(run: Run) -> None:
    gateway = run(SHOW)
    answer = gateway.get("/", **{"portico.body_file": "/nowhere/body"})
    assert answer.reset
    assert answer.reset[1].startswith("FileNotFoundError: ")
    assert show(gateway, "1") == "1"


ERRORS = """
def app(environ, start_response):
    errors = environ["wsgi.errors"]
    start_response("200 OK", [])
    {}
    return []
"""


@pytest.mark.parametrize(
    ("code", "logged"),
    [
        ("errors.write('one line\\n')", ["one line\n"]),
        ("errors.write('half a '); errors.write('line\\nrest')", ["half a line\n", "rest\n"]),
        ("errors.writelines(['a\\n', 'b\\n'])", ["a\n", "b\n"]),
        ("errors.write('a'); errors.flush(); errors.write('b')", ["a\n", "b\n"]),
        ("errors.write('\\u20ac \\ud800 \\U0001f600\\n')", ["\u20ac \\ud800 \U0001f600\n"]),
        ("print('printed', file=errors)", ["printed\n"]),
        ("errors.flush()", []),
    ],
)
def test_errors_are_logged_by_lines(run: Run, code: str, logged: list[str]) -> None:
    gateway = run(ERRORS.format(code))
    answer = gateway.get("/")
    assert answer.reset is None
    texts = [text for level, text in answer.logs if level == LogLevel.TEXT]
    if len(texts) < len(logged):
        # What has no line's end is sent when the request is over.
        texts.append(gateway.expect(FrameType.LOG, 1).payload.decode())
    assert texts == logged


def test_errors_refuses_bytes(run: Run) -> None:
    answer = run(ERRORS.format("errors.write(b'bytes')")).get("/")
    assert answer.reset
    assert answer.reset[1] == "TypeError: wsgi.errors takes str, not bytes"


def test_a_long_text_crosses_whole_in_several_frames(run: Run) -> None:
    answer = run(ERRORS.format("errors.write('x' * 200000 + '\\n')")).get("/")
    assert answer.errors_text == "x" * 200000 + "\n"


def ask_on(gateway: Gateway, common: int, *strings: str) -> Answer:
    """A request that stands on what was sent before under a number."""
    stream = gateway.next_stream()
    payload = pack_u32(common) + encode_strings([*strings])
    gateway.send(FrameType.REQUEST, FrameFlag.END_STREAM | FrameFlag.COMMON, stream, payload)
    return gateway.answer(stream)


def give(gateway: Gateway, number: int, *strings: str) -> None:
    gateway.send(FrameType.ENVIRON, 0, 0, pack_u32(number) + encode_strings([*strings]))


def test_a_request_may_say_only_what_is_different_from_an_environ_before(run: Run) -> None:
    gateway = run(SHOW)
    expression = "environ['A'], environ.get('B'), environ['wsgi.version']"
    common = ["REQUEST_METHOD", "GET", "PATH_INFO", "/", "QUERY_STRING", expression, "A", "1"]
    give(gateway, 7, *common)
    first = ask_on(gateway, 7)
    assert first.body == b"('1', None, (1, 0))"
    other = ask_on(gateway, 7, "A", "\xe9", "B", "2")
    assert other.body == rb"('\xe9', '2', (1, 0))"
    assert ask_on(gateway, 7).body == first.body


def test_what_requests_have_in_common_is_no_application_s_to_change(run: Run) -> None:
    gateway = run(SHOW)
    give(gateway, 0, "REQUEST_METHOD", "GET", "PATH_INFO", "/spoil", "QUERY_STRING", "len(environ)")
    length = ask_on(gateway, 0, "PATH_INFO", "/").body
    ask_on(gateway, 0)
    assert ask_on(gateway, 0, "PATH_INFO", "/").body == length


def test_a_number_given_again_is_another_environ_to_the_requests_behind_it(run: Run) -> None:
    gateway = run(SHOW)
    line = ["REQUEST_METHOD", "GET", "PATH_INFO", "/", "QUERY_STRING", "environ['A']"]
    batch: list[bytes] = []
    for value in ("one", "two"):
        payload = pack_u32(3) + encode_strings([*line, "A", value])
        batch.append(encode_frame(Frame(FrameType.ENVIRON, 0, 0, payload)))
        flags = FrameFlag.END_STREAM | FrameFlag.COMMON
        batch.append(
            encode_frame(Frame(FrameType.REQUEST, flags, gateway.next_stream(), pack_u32(3)))
        )
    gateway.send_bytes(b"".join(batch))
    assert [gateway.answer(stream).body for stream in (1, 2)] == [b"'one'", b"'two'"]


def test_an_error_names_the_request_that_stands_on_an_environ(run: Run) -> None:
    gateway = run(SHOW)
    give(gateway, 1, "REQUEST_METHOD", "GET", "PATH_INFO", "/", "QUERY_STRING", "1/0")
    answer = ask_on(gateway, 1, "REQUEST_URI", "/named?1/0")
    assert "Error handling request GET /named?1/0" in answer.log_text


def test_a_request_on_an_environ_that_never_came_ends_the_worker(run: Run) -> None:
    gateway = run(SHOW)
    flags = FrameFlag.END_STREAM | FrameFlag.COMMON
    gateway.send(FrameType.REQUEST, flags, gateway.next_stream(), pack_u32(9))
    code, text = decode_reason(gateway.expect(FrameType.GOAWAY).payload)
    assert (code, text) == (ErrorCode.PROTOCOL_ERROR, "REQUEST on an ENVIRON that never came")
