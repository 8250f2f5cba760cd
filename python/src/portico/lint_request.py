"""What one lint knows of one call of its application, and of the lint around it."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Protocol

from .lint_evidence import bounded, clean, shown
from .lint_rules import Broken, Finding, Report

# Where a lint inside finds the one outside; copies of the environ keep it.
NESTING_KEY: Final = "portico.lint"

# Kinds of findings of one request that are told; more say nothing new.
MAX_TOLD: Final = 256

# What of an application may run, as findings name it.
THE_CALL: Final = "the application"
THE_BODY: Final = "the body"
THE_CLOSE: Final = "close()"

# How far an exception is followed back to one that the server raised.
_MAX_CHAIN: Final = 16


class Nesting:
    """The environ's alone: it dies with the environ and its copies, which is how those are seen."""

    __slots__ = ("__weakref__", "request")

    def __init__(self, request: LintedRequest) -> None:
        self.request = request


class Inner(Protocol):
    """The iterable of an application inside, as the lint outside judges its own application."""

    def has_given(self, data: bytes) -> bool: ...

    def tell_if_unclosed(self) -> None: ...


class Follower(Protocol):
    """Watches what runs inside; lint_follow.py."""

    def begin(self) -> None: ...

    def end(self) -> None: ...

    def judge(self, body: object) -> None: ...


class LintedRequest:
    """Shared by the wrappers of one call; `outer` is the lint that middleware stands inside."""

    def __init__(
        self, environ: Mapping[Any, Any], report: Report | None, otherwise: Report
    ) -> None:
        self.line = _request_line(environ)
        self.outer = _running_outer(environ.get(NESTING_KEY))
        # Who asked for no findings of his own is inside for the one who did.
        self.report: Report = report or (self.outer.report if self.outer else otherwise)
        self.told: set[Broken] = self.outer.told if self.outer else set()
        self.inners: list[Inner] = []
        # How many items the iterable has given to whoever is outside.
        self.items = 0
        # How often start_response was called without exc_info.
        self.plain_starts = 0
        # Whether code inside this lint is running, so that a lint called meanwhile is inside it.
        self.is_running = False
        self.follower: Follower | None = None
        # Identities alone: an exception kept would keep its traceback, and with that the request.
        self.from_server: int | None = None
        self.refused_exc_info = False

    def tell(self, rule: str, evidence: str) -> None:
        """Report it, unless this request's lints have said so already."""
        said = (rule, bounded(evidence))
        if said not in self.told and len(self.told) < MAX_TOLD:
            self.told.add(said)
            self.report(Finding(*said, self.line))

    def came_from_server(self, error: BaseException) -> None:
        """What the server raised into the application is no fault of the application."""
        self.from_server = id(error)

    def end(self, body: object) -> None:
        """The answer is over: iterables inside must be closed, but `body`, which went out."""
        inners, self.inners = self.inners, []
        follower, self.follower = self.follower, None
        if follower is not None:
            follower.judge(body)
        for inner in inners:
            inner.tell_if_unclosed()

    def raised(self, error: BaseException, where: str) -> None:
        """An exception passes out of the application."""
        self.refused_exc_info = False
        if self._is_from_server(error):
            return
        trace = error.__traceback__
        if where == THE_CALL and isinstance(error, TypeError) and trace and not trace.tb_next:
            # Raised by the call itself: the application had no frame.
            self.tell("application-callable", f"it cannot be called: {shown(str(error))}")
        else:
            self.tell("raises", f"{where} raised {type(error).__name__}: {shown(_text(error))}")

    def returned(self, did: str) -> None:
        """Code of the application ended as usual."""
        if self.refused_exc_info:
            self.refused_exc_info = False
            what = (
                f"start_response, given exc_info, raised, and the application caught it and {did}"
            )
            self.tell("exc-info-trapped", what)

    def _is_from_server(self, error: BaseException | None) -> bool:
        for _ in range(_MAX_CHAIN):
            if error is None:
                return False
            layer: LintedRequest | None = self
            while layer is not None:
                if id(error) == layer.from_server:
                    return True
                layer = layer.outer
            error = error.__cause__ or error.__context__
        return False


class Running:
    """Around each piece of the application's code: a call, an iteration's step, a close()."""

    __slots__ = ("_before", "_follower", "_request", "_where")

    def __init__(self, request: LintedRequest, where: str) -> None:
        self._request = request
        self._where = where
        self._before = request.is_running
        self._follower = request.follower

    def __enter__(self) -> None:
        self._request.is_running = True
        if self._follower is not None:
            self._follower.begin()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._follower is not None:
            self._follower.end()
        self._request.is_running = self._before
        if error is None or isinstance(error, StopIteration):
            self._request.returned("returned" if error or self._where != THE_BODY else "yielded")
        else:
            self._request.raised(error, self._where)


def _running_outer(found: object) -> LintedRequest | None:
    """One that has returned was a neighbour: applications tried in turn share an environ."""
    # By its name: a worker hides its own modules, and an application that imports lint has a copy.
    outer: LintedRequest | None = getattr(found, "request", None)
    while outer is not None and not outer.is_running:
        outer = outer.outer
    return outer


def _request_line(environ: Mapping[Any, Any]) -> str:
    path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    target = environ.get("REQUEST_URI") or path or "/"
    return clean(f"{environ.get('REQUEST_METHOD', '?')} {target}"[:1000])


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "its text cannot be made"
