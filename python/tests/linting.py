"""A server that keeps PEP 3333, in the test's own process, for applications under lint."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, NamedTuple

from portico.lint import lint
from portico.lint_rules import Finding

HTML = [("Content-Type", "text/html")]

App = Callable[..., Any]


class Played(NamedTuple):
    """What one request came to."""

    findings: list[Finding]
    starts: list[tuple[Any, ...]]
    written: list[Any]
    error: BaseException | None
    # The object that the linted application returned.
    body: Any

    @property
    def rules(self) -> list[str]:
        return [finding.rule for finding in self.findings]

    def evidence(self, rule: str) -> str:
        return next(finding.evidence for finding in self.findings if finding.rule == rule)


def make_environ(body: bytes = b"", /, **changes: Any) -> dict[str, Any]:
    """A right environ; ``None`` removes a variable, and ``__`` stands for a dot."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/path",
        "QUERY_STRING": "",
        "SERVER_NAME": "server.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in changes.items():
        environ[name.replace("__", ".")] = value
        if value is None:
            del environ[name.replace("__", ".")]
    return environ


class Server:
    """Calls one linted application as often as it is told to."""

    def __init__(self, application: App, *, follow: bool = False) -> None:
        self.findings: list[Finding] = []
        self.application = lint(application, self.findings.append, follow=follow)

    def play(self, environ: dict[str, Any] | None = None, *, closes: int = 1) -> Played:
        starts: list[tuple[Any, ...]] = []
        written: list[Any] = []

        def start_response(status: Any, headers: Any, exc_info: Any = None) -> Any:
            if exc_info and written:
                raise exc_info[1]
            starts.append((status, headers))
            return written.append

        error: BaseException | None = None
        body: Any = None
        try:
            body = self.application(make_environ() if environ is None else environ, start_response)
            written.extend(body)
        except Exception as raised:
            error = raised.with_traceback(None)
        for _ in range(closes):
            if hasattr(body, "close"):
                body.close()
        return Played(self.findings, starts, written, error, body)


def play(application: App, environ: dict[str, Any] | None = None, **options: Any) -> Played:
    follow = options.pop("follow", False)
    return Server(application, follow=follow).play(environ, **options)


def start_nothing(*_: Any) -> Any:
    """A start_response that sends nothing; what it returns takes all that is written."""
    return start_nothing


class Body:
    """An iterable with a close() that counts."""

    def __init__(self, *items: Any) -> None:
        self.items = iter(items)
        self.closed = 0

    def __iter__(self) -> Body:
        return self

    def __next__(self) -> Any:
        return next(self.items)

    def close(self) -> None:
        self.closed += 1
