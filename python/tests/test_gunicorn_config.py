from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portico.errors import ConfigError
from portico.gunicorn_config import HOOKS, GunicornConfig, evaluate


@pytest.fixture(autouse=True)
def _own_modules() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def config_of(tmp_path: Path, text: str) -> GunicornConfig:
    path = tmp_path / "conf.py"
    path.write_text(text, encoding="utf-8")
    return evaluate(str(path))


def values_of(tmp_path: Path, text: str, *names: str) -> dict[str, Any]:
    return config_of(tmp_path, text).values(names)


def test_values_are_plain_data_of_the_names_asked_for(tmp_path: Path) -> None:
    text = """
class Worker: pass
workers = 2 + 1
bind = (":1", ":2")
headers = {"A": {1}}
worker_class = Worker
logger = print
reload = False
unset = None
"""
    names = ("workers", "bind", "headers", "worker_class", "reload", "unset", "missing")
    assert values_of(tmp_path, text, *names) == {
        "workers": 3,
        "bind": [":1", ":2"],
        "headers": {"A": [1]},
        "worker_class": "__config__.Worker",
        "reload": False,
    }


def test_a_file_knows_its_name_and_is_gunicorns_module(tmp_path: Path) -> None:
    values = values_of(tmp_path, "a = __file__\nb = __name__\n", "a", "b")
    assert values == {"a": str(tmp_path / "conf.py"), "b": "__config__"}


def test_a_source_that_was_read_before_is_run_instead_of_the_file(tmp_path: Path) -> None:
    config = config_of(tmp_path, "workers = 1")
    (tmp_path / "conf.py").write_text("workers = = 2", encoding="utf-8")
    again = evaluate(str(tmp_path / "conf.py"), config.source)
    assert again.values(["workers"]) == {"workers": 1}


def test_a_file_may_be_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "conf.py"
    path.write_bytes(b"# coding: latin-1\nproc_name = '\xe9'\n")
    assert evaluate(f"file:{path}").values(["proc_name"]) == {"proc_name": "é"}


def test_a_module_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_conf.py").write_text("workers = 4", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    config = evaluate("python:my_conf")
    assert (config.values(["workers"]), config.source) == ({"workers": 4}, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("a = = 1", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import no_such_module", "No module named 'no_such_module'"),
    ],
)
def test_what_a_file_raises_is_an_error_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "conf.py"))
    assert said in str(caught.value)
    assert "gunicorn_config.py" not in caught.value.trace


def test_a_file_that_is_missing_is_an_error() -> None:
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        evaluate("no_such_file.py")


def test_hooks_are_the_functions_of_known_names(tmp_path: Path) -> None:
    text = "def post_fork(server, worker): return (server, worker)\ndef other(): pass\n"
    hooks = config_of(tmp_path, text).hooks()
    assert list(hooks) == ["post_fork"]
    assert hooks["post_fork"](1, 2) == (1, 2)


@pytest.mark.parametrize(
    ("parameters", "given"),
    [
        ("a, b", (1, 2)),
        ("a, b, c", (1, 2, 3)),
        ("a, b, c, d", (1, 2, 3, 4)),
        ("a, b, c=0, d=0", (1, 2, 3, 4)),
    ],
)
def test_post_request_gets_as_many_arguments_as_it_takes(
    tmp_path: Path, parameters: str, given: tuple[int, ...]
) -> None:
    text = f"def post_request({parameters}): return tuple(locals().values())"
    assert config_of(tmp_path, text).hooks()["post_request"](1, 2, 3, 4) == given


def test_a_hook_may_be_named_by_its_module(tmp_path: Path) -> None:
    hooks = config_of(tmp_path, "when_ready = 'os.path.basename'").hooks()
    assert hooks["when_ready"]("/a/b") == "b"
    with pytest.raises(ConfigError, match=r"'os\.no_such' cannot be imported"):
        config_of(tmp_path, "when_ready = 'os.no_such'").hooks()


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_with_another_number_of_arguments_is_refused(tmp_path: Path, name: str) -> None:
    config = config_of(tmp_path, f"def {name}(): pass")
    with pytest.raises(ConfigError, match=rf"{name} does not take {HOOKS[name][0]} arguments"):
        config.hooks()


def test_gunicorn_calls_hooks_with_as_many_arguments() -> None:
    config = pytest.importorskip("gunicorn.config")
    settings = config.make_settings()
    for name, counts in HOOKS.items():
        code = settings[name].default.__code__
        assert code.co_argcount in counts, name
