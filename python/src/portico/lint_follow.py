"""Follows applications inside the linted one, so that middleware that forgets close() is found.

The profile function of the thread sees each function that is called as PEP 3333 calls an
application, what it returns, and each close(). Nothing has to be told where middleware is.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from types import BuiltinMethodType, CodeType, FrameType, GeneratorType
from typing import Any, Final

from .lint_evidence import is_a
from .lint_request import LintedRequest

Profile = Callable[[FrameType, Any, Any], Any]

# Iterables followed in one request; an application that calls more is a server itself.
MAX_FOLLOWED: Final = 256

_OWN_MODULES: Final = f"{__package__}.lint"
_COMPREHENSIONS: Final = ("<listcomp>", "<setcomp>", "<dictcomp>")


class FollowedBody:
    """What an application inside returned; a generator is known by its frame before it is seen."""

    def __init__(self, inside: str, outside: str, frame: FrameType | None, body: Any) -> None:
        self.inside = inside
        self.outside = outside
        self.frame = frame
        self.body = body
        self.close: Any = getattr(body, "close", None) if _is_iterable(body) else None
        self.closed = 0

    def is_generator(self, generator: Any) -> bool:
        """Whether it is this one; one that has ended has no frame any more."""
        if self.body is not None or self.frame is None:
            return self.body is generator
        if generator.gi_frame is not None:
            return generator.gi_frame is self.frame
        return generator.gi_code is self.frame.f_code


class Follower:
    """One request's."""

    def __init__(self, request: LintedRequest) -> None:
        self._request = request
        self._bodies: list[FollowedBody] = []
        self._calls: dict[FrameType, tuple[str, str]] = {}
        self._closers: dict[CodeType, list[FollowedBody]] = {}
        self._profiles: list[tuple[Profile, Profile | None]] = []
        self._was_disturbed = False

    def begin(self) -> None:
        """Code of the application runs from here; a profile function before goes on hearing all."""
        earlier = sys.getprofile()

        def profile(frame: FrameType, event: Any, arg: Any) -> None:
            self._take(frame, event, arg)
            if earlier is not None:
                earlier(frame, event, arg)

        self._profiles.append((profile, earlier))
        sys.setprofile(profile)

    def end(self) -> None:
        profile, earlier = self._profiles.pop()
        # A profiler inside has taken its place: what happened meanwhile is not known.
        self._was_disturbed = self._was_disturbed or sys.getprofile() is not profile
        sys.setprofile(earlier)

    def judge(self, body: object) -> None:
        """The request is over; `body` is what went out to the server, who owes its close()."""
        bodies, self._bodies = self._bodies, []
        self._calls.clear()
        self._closers.clear()
        for followed in bodies:
            if followed.body is body or (is_a(body, GeneratorType) and followed.is_generator(body)):
                continue
            self._judge(followed)

    def _judge(self, followed: FollowedBody) -> None:
        what = f"close() of what {followed.inside} returned"
        if followed.closed > 1:
            count = f"{followed.closed} times"
            self._request.tell("middleware-close", f"{followed.outside} called {what} {count}")
        elif not followed.closed and not self._was_disturbed:
            self._request.tell("middleware-close", f"{followed.outside} never called {what}")

    def _take(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "call":
            self._called(frame)
        elif event == "return":
            names = self._calls.pop(frame, None)
            if names is not None:
                made = _constructed(frame)
                self._add(FollowedBody(*names, None, arg if made is None else made))
        elif event == "c_call" and getattr(arg, "__name__", "") == "close":
            self._closed_in_c(arg)

    def _called(self, frame: FrameType) -> None:
        code = frame.f_code
        for followed in self._closers.get(code, ()):
            owner = getattr(followed.close, "__self__", None)
            if owner is None or frame.f_locals.get(code.co_varnames[0]) is owner:
                followed.closed += 1
        if code.co_argcount < 2 or not _is_application_call(frame):
            return
        if frame.f_back is None or frame.f_back.f_globals.get("__name__", "").startswith(
            _OWN_MODULES
        ):
            return
        names = _name(frame), _name(_caller(frame.f_back))
        if not code.co_flags & inspect.CO_GENERATOR:
            self._calls[frame] = names
        elif not any(_is_frame_of(followed, frame) for followed in self._bodies):
            self._add(FollowedBody(*names, frame, None))

    def _add(self, followed: FollowedBody) -> None:
        """Keep it, unless there is nothing to close or it has only been passed on."""
        if followed.frame is None:
            body = followed.body
            if followed.close is None or any(known.body is body for known in self._bodies):
                return
            if is_a(body, GeneratorType):
                for known in self._bodies:
                    if known.is_generator(body):
                        known.body = body
                        return
        if len(self._bodies) >= MAX_FOLLOWED:
            self._was_disturbed = True
            return
        self._bodies.append(followed)
        function = getattr(followed.close, "__func__", followed.close)
        code = getattr(function, "__code__", None)
        if code is not None:
            self._closers.setdefault(code, []).append(followed)

    def _closed_in_c(self, method: Any) -> None:
        owner = getattr(method, "__self__", None)
        if is_a(owner, GeneratorType):
            self._closed_generator(owner)
            return
        for followed in self._bodies:
            if isinstance(followed.close, BuiltinMethodType) and followed.close == method:
                followed.closed += 1

    def _closed_generator(self, generator: Any) -> None:
        """Closing a generator closes what it delegates to by `yield from`."""
        while generator is not None:
            if is_a(generator, GeneratorType):
                for followed in self._bodies:
                    if followed.is_generator(generator):
                        followed.body = generator
                        followed.closed += 1
                        break
            else:
                for followed in self._bodies:
                    followed.closed += followed.body is generator
            generator = getattr(generator, "gi_yieldfrom", None)


def _is_frame_of(followed: FollowedBody, frame: FrameType) -> bool:
    if followed.frame is frame:
        return True
    return is_a(followed.body, GeneratorType) and followed.body.gi_frame is frame


def _is_application_call(frame: FrameType) -> bool:
    """Two arguments, perhaps behind `self`: an environ and what can be called."""
    values = frame.f_locals
    names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
    for environ_name, start_name in zip(names[:2], names[1:3]):
        environ = values.get(environ_name)
        # No subclass: its methods are the application's, and must not run here.
        if type(environ) is dict and "wsgi.version" in environ:
            return callable(values.get(start_name))
    return False


def _constructed(frame: FrameType) -> Any:
    """The instance, where an application is a class that makes its own iterable."""
    code = frame.f_code
    if code.co_name != "__init__":
        return None
    made = frame.f_locals.get(code.co_varnames[0])
    return made if _is_iterable(made) else None


def _is_iterable(body: object) -> bool:
    return hasattr(type(body), "__iter__") or hasattr(type(body), "__getitem__")


def _caller(frame: FrameType) -> FrameType:
    """Before Python 3.12 a comprehension has a frame of its own."""
    while frame.f_code.co_name in _COMPREHENSIONS and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _name(frame: FrameType) -> str:
    code = frame.f_code
    module: Mapping[str, Any] = frame.f_globals
    return f"{module.get('__name__', '?')}.{getattr(code, 'co_qualname', code.co_name)}"
