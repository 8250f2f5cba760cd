"""What targets may look like."""

from __future__ import annotations

import pytest

from portico.errors import LoadError
from portico.target import Expression, Target, parse_target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("app", Target("app", "", None)),
        ("a.b.c", Target("a.b.c", "", None)),
        ("app:application", Target("app", "", Expression("application", ("application",)))),
        ("a.b:c.d", Target("a.b", "", Expression("c.d", ("c", "d")))),
        ("app:make()", Target("app", "", Expression("make()", ("make",), True))),
        (
            "app:make('a:b', [1, None], debug=True)",
            Target(
                "app",
                "",
                Expression(
                    "make('a:b', [1, None], debug=True)",
                    ("make",),
                    True,
                    ("a:b", [1, None]),
                    {"debug": True},
                ),
            ),
        ),
        ("app.py", Target("", "app.py", None)),
        ("/srv/site/app.py:app", Target("", "/srv/site/app.py", Expression("app", ("app",)))),
        ("site/app", Target("", "site/app", None)),
    ],
)
def test_a_target_is_taken_apart(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is neither a module nor a file"),
        ("my-app", "'my-app' is neither a module nor a file"),
        ("app:", "'' is not a name or a call"),
        ("app:1 +", "'1 .' is not a name or a call"),
        ("app:apps[0]", "only dotted names and calls of them are"),
        ("app:make(name)", "the arguments of a call must be literals"),
        ("app:make(*[1])", "the arguments of a call must be literals"),
        ("app:make(**{'a': 1})", ".. is not for targets"),
        ("app:make()()", "only dotted names and calls of them are"),
    ],
)
def test_what_is_no_target_is_said(text: str, reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        parse_target(text)
