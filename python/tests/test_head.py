"""The checks of start_response."""

from __future__ import annotations

from typing import Any

import pytest

from portico.errors import ApplicationError
from portico.frames import MAX_HEAD_BYTES
from portico.head import HOP_BY_HOP, Head, encode_early_hints, encode_head


def test_status_and_headers_become_one_payload_as_they_are() -> None:
    headers = [("Set-Cookie", "a=1"), ("set-cookie", "b=\t2"), ("X", "\xe9"), ("Y", "")]
    assert encode_head("299 Odd thing", headers) == Head(
        b"299 Odd thing\0Set-Cookie\0a=1\0set-cookie\0b=\t2\0X\0\xe9\0Y\0", None, True
    )


def test_content_length_is_found_in_any_case() -> None:
    for name in ("Content-Length", "content-length", "CONTENT-length"):
        assert encode_head("200 OK", [(name, "12")]).content_length == 12


@pytest.mark.parametrize("status", ["204 No Content", "205 Reset Content", "304 Not Modified"])
def test_some_statuses_have_no_body(status: str) -> None:
    assert not encode_head(status, []).has_body


@pytest.mark.parametrize(
    "status",
    [
        "200",
        "200 ",
        " 200 OK",
        "200 OK ",
        "20 OK",
        "2000 X",
        "abc",
        "",
        "200 OK\r\nX: y",
        "200 OK\n",
        "200 \x01",
        "200  OK",
        "100 Continue",
        "\u0662\u0660\u0660 OK",
    ],
)
def test_a_bad_status_is_refused(status: str) -> None:
    with pytest.raises(ApplicationError, match="status must be three digits"):
        encode_head(status, [])


@pytest.mark.parametrize("name", ["", "X Y", "X:", "X\n", "\xe9", "X\0", "\u20ac", "(x)"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(ApplicationError, match="header name is not a token"):
        encode_head("200 OK", [(name, "x")])


@pytest.mark.parametrize(
    "value", ["a\r\nb", "a\nb", "a\0", "a\x01", "a\r", "\x7f", "\x0b", "a\x1f"]
)
def test_a_bad_value_is_refused_and_its_header_named(value: str) -> None:
    with pytest.raises(ApplicationError, match="control character in the value of X-Bad"):
        encode_head("200 OK", [("X-Bad", value)])


@pytest.mark.parametrize("name", sorted(HOP_BY_HOP))
def test_a_hop_by_hop_header_is_refused_in_any_case(name: str) -> None:
    for spelling in (name, name.upper(), name.title()):
        with pytest.raises(ApplicationError, match=f"{spelling} is a hop-by-hop header"):
            encode_head("200 OK", [(spelling, "x")])


WRONG_TYPES: list[tuple[Any, Any, str]] = [
    (b"200 OK", [], "status must be str, not bytes"),
    (200, [], "status must be str, not int"),
    ("200 OK", (("A", "b"),), "response headers must be a list, not tuple"),
    ("200 OK", {"A": "b"}, "response headers must be a list, not dict"),
    ("200 OK", None, "response headers must be a list, not NoneType"),
    ("200 OK", [("A", 1)], r"must be str, not int: \('A', 1\)"),
    ("200 OK", [("A", b"b")], "must be str, not bytes"),
    ("200 OK", [(b"A", "b")], "must be str, not bytes"),
    ("200 OK", [("A", "b", "c")], "must be a .name, value. tuple"),
    ("200 OK", [["A", "b"]], "must be a .name, value. tuple"),
    ("200 OK", ["Ab"], "must be a .name, value. tuple"),
    ("200 OK", [([], "b")], "must be str, not list"),
]


@pytest.mark.parametrize(("status", "headers", "text"), WRONG_TYPES)
def test_a_wrong_type_is_named(status: Any, headers: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        encode_head(status, headers)


@pytest.mark.parametrize(("status", "value"), [("200 \u20ac", "x"), ("200 OK", "\u20ac")])
def test_text_beyond_latin_1_is_refused(status: str, value: str) -> None:
    with pytest.raises(ApplicationError, match=r"must be latin-1: '.*\u20ac'"):
        encode_head(status, [("X", value)])


@pytest.mark.parametrize("value", ["", "+1", "-1", "1.0", " 1", "1 ", "0x1", "1,1", "\xb2"])
def test_content_length_is_digits_alone(value: str) -> None:
    with pytest.raises(ApplicationError, match="Content-Length is not a number"):
        encode_head("200 OK", [("Content-Length", value)])


@pytest.mark.parametrize("second", ["1", "2"])
def test_two_lengths_are_refused_though_they_agree(second: str) -> None:
    with pytest.raises(ApplicationError, match=f"stands twice, as 1 and {second}"):
        encode_head("200 OK", [("Content-Length", "1"), ("content-length", second)])


def test_early_hints_become_one_payload_behind_their_status() -> None:
    headers = [("Link", "</a.css>; rel=preload"), ("Link", "</b.js>")]
    expected = b"103 Early Hints\0Link\0</a.css>; rel=preload\0Link\0</b.js>"
    assert encode_early_hints(headers) == expected
    assert encode_early_hints([]) == b"103 Early Hints"


HINT_ERRORS: list[tuple[Any, type[Exception], str]] = [
    ((("A", "b"),), TypeError, "response headers must be a list, not tuple"),
    ([("A", 1)], TypeError, r"must be str, not int: \('A', 1\)"),
    ([("X Y", "x")], ApplicationError, "header name is not a token"),
    ([("X", "a\r\nb")], ApplicationError, "control character in the value of X"),
    ([("X", "\u20ac")], ApplicationError, "the header 'X' must be latin-1"),
    ([("Connection", "close")], ApplicationError, "Connection is a hop-by-hop header"),
    ([("content-length", "x")], ApplicationError, "Content-Length is not a number"),
    ([("content-length", "1")], ApplicationError, "in a response without a body"),
]


@pytest.mark.parametrize(("headers", "kind", "text"), HINT_ERRORS)
def test_early_hints_are_refused_in_the_words_of_start_response(
    headers: Any, kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        encode_early_hints(headers)


def test_the_status_of_early_hints_is_no_final_one() -> None:
    encode_early_hints([])
    with pytest.raises(ApplicationError, match="status must be three digits"):
        encode_head("103 Early Hints", [])


def test_a_head_that_no_client_takes_is_refused() -> None:
    room = MAX_HEAD_BYTES - len("200 OK\0X\0")
    assert len(encode_head("200 OK", [("X", "x" * room)]).payload) == MAX_HEAD_BYTES
    with pytest.raises(ApplicationError, match="262145 bytes of headers are over 262144"):
        encode_head("200 OK", [("X", "x" * (room + 1))])
