"""Lint in a worker: its findings are frames, and the application runs as without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run
from gateway import Gateway
from portico.frames import FrameType, LogLevel, decode_strings
from test_wsgi import CLOSING, closed

BREAKS = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-\u20ac", "1")])
    return [b"answered"]
"""

KEEPS = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/file":
        return environ["wsgi.file_wrapper"](open("body"), 4)
    if environ["PATH_INFO"] == "/read":
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]
    return iter([b"a", b"b"])
"""


def next_finding(gateway: Gateway) -> list[str]:
    """What a finding's frame holds."""
    frame = gateway.expect(FrameType.LOG, 0)
    assert frame.flags == LogLevel.FINDING
    return [
        text.encode("latin-1").decode("utf-8", "surrogateescape")
        for text in decode_strings(frame.payload)
    ]


def test_a_finding_is_a_log_frame_of_three_strings(run: Run) -> None:
    gateway = run(BREAKS, lint="on")
    gateway.open("/caf\xe9")
    evidence = r'a header is named "X-\u20ac"'
    assert next_finding(gateway) == ["header-name", evidence, "GET /caf\xe9"]


@pytest.mark.parametrize("mode", ["on", "follow"])
def test_what_keeps_the_rules_sends_no_finding(run: Run, tmp_path: Path, mode: str) -> None:
    (tmp_path / "body").write_bytes(b"file")
    gateway = run(KEEPS.replace('open("body")', 'open("body", "rb")'), lint=mode)
    assert gateway.get("/items").body == b"ab"
    assert gateway.get("/read", b"12345", REQUEST_METHOD="POST").body == b"12345"
    gateway.open("/file")
    assert gateway.next_frame().type == FrameType.RESPONSE
    # The file itself crosses, as without lint.
    assert gateway.next_frame().type == FrameType.FILE


def test_close_is_called_once_under_lint(run: Run) -> None:
    gateway = run(CLOSING, lint="on")
    for path in ("/items", "/raises", "/text", "/late"):
        gateway.get(path)
    assert closed(gateway) == 4


def test_an_application_may_have_a_module_of_our_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "portico.py").write_text("NAME = b'mine'")
    gateway = run(
        """
        import portico
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [portico.NAME]
        """,
        lint="on",
    )
    assert gateway.get("/").body == b"mine"


def test_a_lint_that_the_application_puts_inside_is_inside(run: Run) -> None:
    source = Path(__file__).parents[1] / "src"
    gateway = run(
        f"""
        import sys
        sys.path.append({str(source)!r})
        from portico.lint import lint
        def inside(environ, start_response):
            environ["wsgi.input"].readable()
            start_response("200 OK", [("Content-Type", "text/plain")])
            yield b"a"
            yield b"b"
        inside = lint(inside)
        def app(environ, start_response):
            return [b"".join(inside(environ, start_response))]
        """,
        lint="on",
    )
    gateway.open("/")
    rules = [next_finding(gateway)[0] for _ in range(3)]
    assert rules == ["input-attribute", "middleware-blocks", "middleware-close"]


def test_without_lint_a_worker_does_not_load_it(run: Run) -> None:
    gateway = run(
        """
        import gc, types
        def app(environ, start_response):
            start_response("200 OK", [])
            names = [one.__name__ for one in gc.get_objects() if type(one) is types.ModuleType]
            return ["portico.lint" in names and b"loaded" or b"not loaded"]
        """
    )
    assert gateway.get("/").body == b"not loaded"
