"""The text of a target: which module or file, and what in it."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from .errors import LoadError


class Expression(NamedTuple):
    """What stands behind the colon: a dotted name, or a call of one with literal arguments."""

    source: str
    path: tuple[str, ...]
    is_call: bool = False
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = {}  # noqa: RUF012 (never changed)

    @classmethod
    def of_name(cls, name: str) -> Expression:
        return cls(name, (name,))


class Target(NamedTuple):
    """``module`` or ``path`` is empty; no expression means the usual names."""

    module: str
    path: str
    expression: Expression | None


def parse_target(text: str) -> Target:
    """Take a target apart without importing anything."""
    place, colon, source = text.partition(":")
    expression = _parse_expression(text, source.strip()) if colon else None
    if place.endswith(".py") or "/" in place:
        return Target("", place, expression)
    if not all(part.isidentifier() for part in place.split(".")):
        raise LoadError(f"{text!r} is not a target: {place!r} is neither a module nor a file")
    return Target(place, "", expression)


def _parse_expression(text: str, source: str) -> Expression:
    try:
        node = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise LoadError(f"{text!r} is not a target: {source!r} is not a name or a call") from error
    if not isinstance(node, ast.Call):
        return Expression(source, _parse_path(text, node))
    path = _parse_path(text, node.func)
    try:
        arguments = tuple(ast.literal_eval(argument) for argument in node.args)
        keywords = {
            keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg
        }
    except ValueError as error:
        raise LoadError(f"{text!r}: the arguments of a call must be literals") from error
    if len(keywords) < len(node.keywords):
        raise LoadError(f"{text!r}: ** is not for targets")
    return Expression(source, path, True, arguments, keywords)


def _parse_path(text: str, node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (*_parse_path(text, node.value), node.attr)
    raise LoadError(f"{text!r} is not a target: only dotted names and calls of them are")
