"""Finds the WSGI application that a target names, as gunicorn writes targets."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import platform
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any, Final, NamedTuple, NoReturn

from .compiled_modules import compiled_for_another
from .errors import LoadError, describe
from .target import Expression, Target, parse_target
from .user_traceback import format_user_traceback
from .wsgi import Application

DEFAULT_NAMES: Final = ("application", "app")


class LoadedApplication(NamedTuple):
    """The application, and its target as it was found."""

    application: Application
    target: str


def load_application(text: str, directory: str, pythonpath: list[str]) -> LoadedApplication:
    """Change to ``directory``, then import what the target names and find the application."""
    try:
        os.chdir(directory)
    except OSError as error:
        raise LoadError(f"cannot change to {directory}: {error.strerror}") from error
    sys.path[:0] = [directory, *pythonpath]
    target = parse_target(text)
    guard = _Guard(text, directory)
    module = _import_file(target.path, guard) if target.path else _import_module(target, guard)
    name = module.__name__
    expression = target.expression or _default_expression(name, module)
    found = _find(name, module, expression)
    if expression.is_call:
        found = guard.run(lambda: found(*expression.arguments, **expression.keywords))
    _check_callable(f"{name}:{expression.source}", found)
    return LoadedApplication(found, f"{name}:{expression.source}")


class _Guard:
    """Runs the user's code and turns what it raises into a ``LoadError``."""

    def __init__(self, target: str, directory: str) -> None:
        self._target = target
        self._directory = directory

    def run(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except LoadError:
            raise
        except SystemExit as error:
            self.fail(f"it called sys.exit({error.code!r}) while being imported", error)
        except ImportError as error:
            self.fail(f"{_first_line(error)}{_import_hint(error)}", error)
        except BaseException as error:
            self.fail(_first_line(error), error)

    def fail(self, reason: str, error: BaseException | None = None) -> NoReturn:
        trace = format_user_traceback(error) if error else ""
        raise LoadError(
            f"cannot load {self._target} in {self._directory} "
            f"with {sys.executable} (Python {platform.python_version()}): {reason}",
            trace,
        ) from None


def _first_line(error: BaseException) -> str:
    return describe(error).partition("\n")[0].strip()


def _import_hint(error: ImportError) -> str:
    compiled = compiled_for_another(error)
    if compiled is None and not isinstance(error, ModuleNotFoundError):
        return ""
    because = "" if compiled is None else f"; {compiled}"
    if sys.platform == "emscripten":
        # Its list has all that CPython's library has anywhere.
        if (error.name or "").partition(".")[0] in sys.stdlib_module_names:
            return "; Pyodide has no such part of the standard library; choose --engine cpython"
        return f"{because}; name it in a file for --requirements, or choose --engine cpython"
    return f"{because}; install it with {sys.executable} -m pip install, or choose --python"


def _import_module(target: Target, guard: _Guard) -> ModuleType:
    name = target.module

    def step() -> ModuleType:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = error.name or ""
            if name == missing or name.startswith(f"{missing}."):
                guard.fail(f"there is no module {missing}{_elsewhere(missing)}")
            raise

    return guard.run(step)


def _elsewhere(module: str) -> str:
    """A hint if the module lies one folder below."""
    for entry in sorted(os.listdir()):
        for path in (f"{entry}/{module}.py", f"{entry}/{module}/__init__.py"):
            if os.path.isfile(path):
                return f" here, but there is {path}: name that file, or choose --pythonpath {entry}"
    return ""


def _import_file(path: str, guard: _Guard) -> ModuleType:
    """Import a file under the name it would have, so that pickles and relative imports work.

    A file inside a package is imported as ``package.module`` from the folder that holds the
    package; any other under its stem, from its own folder.
    """
    absolute = os.path.abspath(path)
    if not os.path.isfile(absolute):
        with_suffix = f"{path}.py" if os.path.isfile(f"{absolute}.py") else ""
        guard.fail(f"there is no file {path}" + (f"; is it {with_suffix}?" if with_suffix else ""))
    folder, filename = os.path.split(absolute)
    names = [os.path.splitext(filename)[0]]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        names.insert(0, package)
    if names[-1] == "__init__":
        names.pop()
    name = ".".join(names)
    sys.path.insert(0, folder)
    if len(names) > 1 or filename == "__init__.py":
        return guard.run(lambda: importlib.import_module(name))
    taken = sys.modules.get(name)
    if taken is not None:
        guard.fail(f"its name is that of the module {name} that Python itself uses; rename it")
    return guard.run(lambda: _execute_file(name, absolute))


def _execute_file(name: str, path: str) -> ModuleType:
    loader = SourceFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def _default_expression(name: str, module: ModuleType) -> Expression:
    for attribute in DEFAULT_NAMES:
        if hasattr(module, attribute):
            return Expression.of_name(attribute)
    raise LoadError(f"{name} has neither application nor app; {_callables_of(module)}")


def _find(name: str, module: ModuleType, expression: Expression) -> Any:
    try:
        return functools.reduce(getattr, expression.path, module)
    except AttributeError as error:
        path = ".".join(expression.path)
        raise LoadError(f"{name} has no {path!r}; {_callables_of(module)}") from error


def _callables_of(module: ModuleType) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) in (module.__name__, None)
        if not name.startswith("_")
    ]
    return f"it has {', '.join(names)}" if names else "it has no callable of its own"


def _check_callable(target: str, found: Any) -> None:
    if not callable(found):
        kind = type(found).__name__
        raise LoadError(f"{target} is of type {kind}, not a WSGI application")
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return  # written in C, or odd: the first request will tell
    if _accepts(signature, 2):
        return
    hint = ""
    if _accepts(signature, 0):
        hint = f"; if it makes the application, write {target}()"
    elif _accepts(signature, 3):
        hint = "; it looks like an ASGI application"
    raise LoadError(f"{target} does not take the two arguments of a WSGI application{hint}")


def _accepts(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*range(count))
    except TypeError:
        return False
    return True
