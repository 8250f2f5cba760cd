"""Which application a target names, and what is said when there is none."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway import Gateway
from portico.frames import ErrorCode, FrameType, LogLevel, decode_reason

APP = """
def app(environ, start_response):
    start_response("200 OK", [])
    return [__name__.encode()]
"""


class Failure(NamedTuple):
    trace: str
    text: str


def write(folder: Path, name: str, text: str = APP) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def body_of(target: str, directory: Path, **changes: str) -> tuple[str, str]:
    with Gateway(target, directory, **changes) as gateway:
        return gateway.ready()["target"], gateway.get("/").body.decode()


def failure_of(target: str, directory: Path) -> Failure:
    with Gateway(target, directory) as gateway:
        trace = ""
        while True:
            frame = gateway.next_frame()
            if frame.type == FrameType.GOAWAY:
                break
            assert (frame.type, frame.flags, frame.stream_id) == (FrameType.LOG, LogLevel.ERROR, 0)
            trace = frame.payload.decode()
        code, text = decode_reason(frame.payload)
        assert code == ErrorCode.INTERNAL_ERROR
        assert "\n" not in text
        assert gateway.exit_status() == 4
        return Failure(trace, text)


@pytest.mark.parametrize(
    ("target", "found", "name"),
    [
        ("one", "one:app", "one"),
        ("one:app", "one:app", "one"),
        ("package.two:holder.app", "package.two:holder.app", "package.two"),
        ("package.two:make('x', end='!')", "package.two:make('x', end='!')", "x!"),
        ("one.py", "one:app", "one"),
        ("package/two.py:holder.app", "package.two:holder.app", "package.two"),
        ("folder/three.py:app", "three:app", "three"),
        ("folder/with-dash.py", "with-dash:app", "with-dash"),
        ("package/__init__.py", "package:application", "package"),
    ],
)
def test_a_target_is_found(tmp_path: Path, target: str, found: str, name: str) -> None:
    write(tmp_path, "one.py")
    write(tmp_path, "package/__init__.py", APP + "application = app")
    write(
        tmp_path,
        "package/two.py",
        APP
        + "from . import application\n"
        + "class holder: app = staticmethod(app)\n"
        + "def make(name, end):\n"
        + "    def made(environ, start_response):\n"
        + "        start_response('200 OK', [])\n"
        + "        return [(name + end).encode()]\n"
        + "    return made\n",
    )
    write(tmp_path, "folder/three.py", "import beside\n" + APP)
    write(tmp_path, "folder/beside.py", "")
    write(tmp_path, "folder/with-dash.py")
    assert body_of(target, tmp_path) == (found, name)


def test_application_comes_before_app(tmp_path: Path) -> None:
    write(tmp_path, "one.py", APP + "application = app\ndel app\napp = None")
    assert body_of("one", tmp_path)[0] == "one:application"


def test_a_directory_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "\u0141\u00f3d\u017a"
    write(folder, "one.py")
    name = os.fsencode(folder).decode("latin-1")
    assert body_of("one", Path(name))[0] == "one:app"


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("nothing", "there is no module nothing"),
        (
            "inner",
            "there is no module inner here, but there is deep/inner.py: "
            "name that file, or choose --pythonpath deep",
        ),
        ("one.nothing", "there is no module one.nothing"),
        ("nothing.py", "there is no file nothing.py"),
        ("deep/inner", "there is no file deep/inner; is it deep/inner.py?"),
        ("socket.py", "its name is that of the module socket that Python itself uses; rename it"),
    ],
)
def test_a_target_that_is_not_there_is_named_with_place_and_python(
    tmp_path: Path, target: str, text: str
) -> None:
    write(tmp_path, "one.py")
    write(tmp_path, "socket.py")
    write(tmp_path, "deep/inner.py")
    failure = failure_of(target, tmp_path)
    version = platform.python_version()
    start = f"cannot load {target} in {tmp_path} with {sys.executable} (Python {version}): "
    assert failure == Failure("", start + text)


@pytest.mark.parametrize(
    ("source", "target", "text"),
    [
        ("def other(): pass\nx = 1", "one", "one has neither application nor app; it has other"),
        ("x = 1", "one", "one has neither application nor app; it has no callable of its own"),
        (APP, "one:nothing", "one has no 'nothing'; it has app"),
        ("app = 5", "one", "one:app is of type int, not a WSGI application"),
        (
            "def make(): return None",
            "one:make()",
            "one:make() is of type NoneType, not a WSGI application",
        ),
        (
            "def make(): return 1",
            "one:make",
            "one:make does not take the two arguments of a WSGI application; "
            "if it makes the application, write one:make()",
        ),
        (
            "async def app(scope, receive, send): pass",
            "one",
            "one:app does not take the two arguments of a WSGI application; "
            "it looks like an ASGI application",
        ),
    ],
)
def test_what_is_no_application_is_described(
    tmp_path: Path, source: str, target: str, text: str
) -> None:
    write(tmp_path, "one.py", source)
    assert failure_of(target, tmp_path) == Failure("", text)


def test_an_error_while_importing_shows_the_users_code_alone(tmp_path: Path) -> None:
    write(tmp_path, "one.py", "def fail():\n    raise ValueError('first\\nsecond')\n\nfail()\n")
    failure = failure_of("one", tmp_path)
    assert failure.text.endswith(": ValueError: first")
    lines = failure.trace.split("\n")
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == f'  File "{tmp_path}/one.py", line 4, in <module>'
    assert "portico" not in failure.trace
    assert "importlib" not in failure.trace


def test_a_syntax_error_shows_its_line(tmp_path: Path) -> None:
    write(tmp_path, "one.py", "x = 1\nif True\n")
    failure = failure_of("one", tmp_path)
    assert "SyntaxError: " in failure.text
    assert f'File "{tmp_path}/one.py", line 2' in failure.trace
    assert "    if True\n" in failure.trace
    assert "portico" not in failure.trace


def test_a_missing_requirement_says_how_to_get_it(tmp_path: Path) -> None:
    write(tmp_path, "one.py", "import requirement_that_is_missing\n")
    failure = failure_of("one", tmp_path)
    assert failure.text.endswith(
        ": ModuleNotFoundError: No module named 'requirement_that_is_missing'; "
        f"install it with {sys.executable} -m pip install, or choose --python"
    )
    assert "one.py" in failure.trace


def test_a_module_compiled_for_another_python_is_named_with_its_file(tmp_path: Path) -> None:
    write(tmp_path, "swift/__init__.py", "from ._core import text\n")
    write(tmp_path, "swift/_core.cpython-27-sparc.so", "")
    # As larger packages do it: what they say first is of no help.
    write(
        tmp_path,
        "one.py",
        "try:\n    import swift\nexcept ImportError as error:\n"
        "    raise ImportError('\\n\\nread a page') from error\n",
    )
    assert failure_of("one", tmp_path).text.endswith(
        "swift has parts compiled for another Python, _core.cpython-27-sparc.so; "
        f"install it with {sys.executable} -m pip install, or choose --python"
    )


def test_exit_while_importing_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "one.py", "import sys\nsys.exit('no settings')\n")
    text = "it called sys.exit('no settings') while being imported"
    assert failure_of("one", tmp_path).text.endswith(text)


def test_an_error_in_the_factory_is_an_error_of_loading(tmp_path: Path) -> None:
    write(tmp_path, "one.py", "def make():\n    raise KeyError('secret')\n")
    failure = failure_of("one:make()", tmp_path)
    assert failure.text.endswith(": KeyError: 'secret'")
    assert f'File "{tmp_path}/one.py", line 2, in make' in failure.trace


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert failure_of("one", nowhere).text.startswith(f"cannot change to {nowhere}: No such file")
