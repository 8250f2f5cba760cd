"""A configuration file as gunicorn has it: a Python program whose names are settings and hooks."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.machinery import SourceFileLoader
from importlib.util import decode_source, module_from_spec, spec_from_loader
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from .errors import ConfigError, describe
from .user_traceback import format_user_traceback

# How many arguments gunicorn calls each hook with; where there are several, the function decides.
HOOKS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "on_starting": (1,),
        "when_ready": (1,),
        "on_reload": (1,),
        "on_exit": (1,),
        "pre_exec": (1,),
        "pre_fork": (2,),
        "child_exit": (2,),
        "nworkers_changed": (3,),
        "post_fork": (2,),
        "post_worker_init": (1,),
        "worker_int": (1,),
        "worker_abort": (1,),
        "worker_exit": (2,),
        "pre_request": (2,),
        "post_request": (4, 3, 2),
        "ssl_context": (2,),
        "on_dirty_starting": (1,),
        "dirty_post_fork": (2,),
        "dirty_worker_init": (1,),
        "dirty_worker_exit": (2,),
    }
)

_MODULE_PREFIX: Final = "python:"
_FILE_PREFIX: Final = "file:"
# gunicorn's name for the module that a file becomes.
_MODULE_NAME: Final = "__config__"

Hook = Callable[..., Any]


class GunicornConfig(NamedTuple):
    """What the file left when it had run."""

    names: dict[str, Any]
    # What was run: a worker that starts later must not find another version. None for a module.
    source: str | None
    location: str

    def hooks(self) -> dict[str, Hook]:
        """Those that are defined, each to be called with as many arguments as gunicorn has."""
        found = ((name, self.names.get(name)) for name in HOOKS)
        return {name: self._hook(name, value) for name, value in found if value is not None}

    def _hook(self, name: str, value: object) -> Hook:
        hook = _imported(value) if isinstance(value, str) else value
        if not callable(hook):
            raise ConfigError(f"{self.location}: {name} is no function")
        for count in HOOKS[name]:
            if _accepts(hook, count):
                return lambda *arguments: hook(*arguments[:count])
        raise ConfigError(f"{self.location}: {name} does not take {HOOKS[name][0]} arguments")

    def values(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of the names that the file sets, as plain data."""
        given = ((name, self.names.get(name)) for name in names)
        return {name: _plain(value) for name, value in given if value is not None}


def evaluate(location: str, source: str | None = None) -> GunicornConfig:
    """Run the file at ``PATH`` or ``file:PATH``, or import ``python:MODULE``; ``ConfigError``."""
    try:
        if location.startswith(_MODULE_PREFIX):
            module = importlib.import_module(location[len(_MODULE_PREFIX) :])
            return GunicornConfig(vars(module), None, location)
        return _run_file(location, source)
    except (Exception, SystemExit) as error:
        text = f"{location}: {describe(error)}"
        raise ConfigError(text, format_user_traceback(error)) from error


def _run_file(location: str, source: str | None) -> GunicornConfig:
    path = os.path.abspath(
        location[len(_FILE_PREFIX) :] if location.startswith(_FILE_PREFIX) else location
    )
    loader = SourceFileLoader(_MODULE_NAME, path)
    text = decode_source(loader.get_data(path)) if source is None else source
    spec = spec_from_loader(_MODULE_NAME, loader)
    if spec is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    sys.modules[_MODULE_NAME] = module
    exec(compile(text, path, "exec"), vars(module))
    return GunicornConfig(vars(module), text, location)


def _imported(text: str) -> object:
    """gunicorn takes ``module.function`` for a hook too."""
    module, _, name = text.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, ValueError, AttributeError) as error:
        raise ConfigError(f"{text!r} cannot be imported: {describe(error)}") from error


def _accepts(function: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True  # written in C: its first call will tell
    return True


def _plain(value: Any) -> Any:
    """JSON's types as they are; a class by its name, and of anything else its text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        entries = cast("dict[Any, Any]", value)
        return {str(key): _plain(item) for key, item in entries.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    return str(value)
