"""start_response called again: with exc_info, and without."""

from __future__ import annotations

import pytest

from conftest import Run
from portico.frames import ErrorCode


def test_exc_info_after_the_head_raises_that_very_exception(run: Run) -> None:
    gateway = run(
        """
        import sys
        def app(environ, start_response):
            start_response("200 OK", [])
            yield b"sent"
            try:
                raise ValueError("mine")
            except ValueError as error:
                try:
                    start_response("500 Oops", [], sys.exc_info())
                except ValueError as same:
                    yield b" same" if same is error else b" other"
        """
    )
    assert gateway.get("/").body == b"sent same"


def test_exc_info_is_not_kept(run: Run) -> None:
    gateway = run(
        """
        import gc, sys, weakref
        gc.disable()
        class Held:
            pass
        seen = []
        def fail(start_response):
            held = Held()
            seen.append(weakref.ref(held))
            try:
                raise ValueError
            except ValueError:
                start_response("500 Oops", [], sys.exc_info())
        def app(environ, start_response):
            if environ["PATH_INFO"] == "/seen":
                start_response("200 OK", [])
                return [str(seen[0]() is None).encode()]
            fail(start_response)
            return []
        """
    )
    gateway.get("/")
    assert gateway.get("/seen").body == b"True"


@pytest.mark.parametrize("headers", ["[]", "[('bad name', '')]"])
def test_a_second_start_response_without_exc_info_raises(run: Run, headers: str) -> None:
    gateway = run(
        f"""
        def app(environ, start_response):
            try:
                start_response("200 OK", {headers})
            except Exception:
                pass
            start_response("201 Created", [])
            return []
        """
    )
    text = "ApplicationError: start_response called twice without exc_info"
    assert gateway.get("/").reset == (ErrorCode.INTERNAL_ERROR, text)
