"""The process beside the server that a gunicorn configuration lives in: it says the settings, and
runs the hooks of the server."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any, Final

from .errors import ConfigError
from .gunicorn_config import GunicornConfig, Hook, evaluate
from .hook_arguments import Config, HookLogger, Server, Worker
from .user_traceback import format_user_traceback
from .users_code import hide_own_modules, show_prints_at_once

_DESCRIPTOR: Final = 3


def main() -> None:
    """Answer one line of JSON with the settings, then each of the others with a hook's end."""
    _leave_signals_to_the_server()
    channel = Channel(socket.socket(fileno=_DESCRIPTOR))
    sys.path.insert(0, os.getcwd())
    show_prints_at_once()
    hide_own_modules()
    messages = channel.messages()
    first = next(messages, None)
    if first is None:
        return
    names: list[str] = first["names"]
    try:
        config = evaluate(first["location"])
        hooks = config.hooks()
    except ConfigError as error:
        channel.send({"error": str(error), "trace": error.trace})
        return
    values = config.values(names)
    channel.send({"values": values, "hooks": [*hooks], "source": config.source})
    _serve(channel, messages, ServerHooks(config, hooks, channel))
    sys.stdout.flush()
    # Threads that a hook has started end with the server, as in gunicorn.
    os._exit(0)


def _leave_signals_to_the_server() -> None:
    """Ctrl-C and service managers signal whole groups; the server's end is this process's."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1):
        signal.signal(number, lambda _number, _frame: None)


class Channel:
    """Lines of JSON, both ways."""

    def __init__(self, sock: socket.socket) -> None:
        os.set_inheritable(sock.fileno(), False)
        self._socket = sock

    def send(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def messages(self) -> Iterator[dict[str, Any]]:
        """Until the server has gone."""
        with self._socket.makefile("rb") as lines:
            for line in lines:
                yield json.loads(line)


def _serve(channel: Channel, messages: Iterator[dict[str, Any]], hooks: ServerHooks) -> None:
    for message in messages:
        if "values" in message:
            hooks.settle(message)
        else:
            trace = hooks.run(message)
            channel.send({"ran": message["run"], "trace": trace})


class ServerHooks:
    """Runs hooks with the objects that belong to them."""

    def __init__(self, config: GunicornConfig, hooks: dict[str, Hook], channel: Channel) -> None:
        self._config = config
        self._hooks = hooks
        self._log = HookLogger(lambda level, text: channel.send({"level": level, "text": text}))
        self._server: Server | None = None
        self._workers: dict[int, Worker] = {}

    def settle(self, said: dict[str, Any]) -> None:
        """What the server has made of this file and its other sources."""
        names: list[str] = said["names"]
        values = {**self._config.values(names), **said["values"]}
        os.chdir(said["directory"])
        os.environ.update(values["env"])
        self._server = Server(os.getppid(), self._log, Config(names, values))

    def run(self, said: dict[str, Any]) -> str:
        """The traceback of what the hook raised; empty if nothing."""
        try:
            self._hooks[said["run"]](*self._arguments(said))
        except BaseException as error:
            return format_user_traceback(error)
        return ""

    def _arguments(self, said: dict[str, Any]) -> list[object]:
        server = self._server
        if server is None:
            raise ConfigError("the server has not said its settings")
        if "age" in said:
            return [server, self._worker(server, said)]
        if "workers" in said:
            before, server.num_workers = said["before"], said["workers"]
            return [server, server.num_workers, before]
        return [server]

    def _worker(self, server: Server, said: dict[str, Any]) -> Worker:
        """The same object from `pre_fork` to `child_exit`."""
        age: int = said["age"]
        worker = self._workers.setdefault(age, Worker(age, None, server))
        if "pid" in said:
            worker.pid = said["pid"]
            del self._workers[age]
        return worker
