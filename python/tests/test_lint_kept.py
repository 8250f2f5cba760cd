"""environ-kept: what an application keeps is found, and lint itself keeps nothing."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest

from linting import HTML, Server, make_environ
from portico.lint_kept import MAX_AGE_REQUESTS

KEPT: list[Any] = []


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:  # pyright: ignore[reportUnusedFunction]
    KEPT.clear()


def answer(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", HTML)
    return [b"answer"]


def keeps(environ: Any, start_response: Any) -> list[bytes]:
    if environ["PATH_INFO"] == "/kept":
        KEPT.append(environ)
    return answer(environ, start_response)


def test_a_kept_environ_is_found_after_32_requests_with_the_name_that_holds_it() -> None:
    server = Server(keeps)
    server.play(make_environ(PATH_INFO="/kept"))
    for _ in range(MAX_AGE_REQUESTS + 1):
        assert server.findings == []
        server.play()
    assert server.findings == [
        (
            "environ-kept",
            f"it is still referred to {MAX_AGE_REQUESTS} requests later, in {__name__}.KEPT",
            "GET /kept",
        )
    ]


def test_what_changes_in_a_kept_environ_is_named() -> None:
    server = Server(keeps)
    server.play(make_environ(PATH_INFO="/kept"))
    server.play()
    KEPT[0]["app.count"] = 1
    del KEPT[0]["QUERY_STRING"]
    server.play()
    (found,) = server.findings
    assert found.evidence == (
        'after the end of its request, environ["QUERY_STRING"] was removed, '
        'environ["app.count"] was set'
    )


def test_an_environ_that_only_the_collector_can_free_is_not_kept() -> None:
    def makes_cycles(environ: Any, start_response: Any) -> list[bytes]:
        environ["app.request"] = [environ]
        return answer(environ, start_response)

    server = Server(makes_cycles)
    for _ in range(3 * MAX_AGE_REQUESTS):
        server.play()
    assert server.findings == []


def test_the_last_environ_of_a_thread_may_stay_until_the_next() -> None:
    current: dict[str, Any] = {}

    def binds(environ: Any, start_response: Any) -> list[bytes]:
        current["environ"] = environ
        return answer(environ, start_response)

    server = Server(binds)
    for _ in range(3 * MAX_AGE_REQUESTS):
        server.play()
    assert server.findings == []


def test_a_finalizer_may_wait_for_another_request() -> None:
    server = Server(keeps)
    waited: list[bool] = []

    class Waits:
        def __init__(self) -> None:
            self.cycle = self

        def __del__(self) -> None:
            asks = threading.Thread(target=server.play, daemon=True)
            asks.start()
            asks.join(10)
            waited.append(not asks.is_alive())

    gc.disable()
    try:
        server.play(make_environ(PATH_INFO="/kept"))
        for _ in range(MAX_AGE_REQUESTS):
            server.play()
        Waits()
        assert waited == []
        server.play()
    finally:
        gc.enable()
    assert waited == [True]
    assert [finding.rule for finding in server.findings] == ["environ-kept"]


def test_what_a_request_had_is_let_go_with_the_request() -> None:
    class Upload:
        pass

    uploads: list[weakref.ref[Upload]] = []

    def holds(environ: Any, start_response: Any) -> Any:
        upload = environ["app.upload"] = Upload()
        uploads.append(weakref.ref(upload))
        start_response("200 OK", HTML)
        return iter([b"a"]) if environ["PATH_INFO"] == "/iterator" else [b"a"]

    gc.disable()
    try:
        for path in ("/list", "/iterator"):
            Server(holds).play(make_environ(PATH_INFO=path))
    finally:
        gc.enable()
    assert [upload() for upload in uploads] == [None, None]
