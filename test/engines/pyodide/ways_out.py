"""Each path tries one way out of a sandbox, and answers with what came of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Callable


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    way = WAYS[environ["PATH_INFO"][1:]]
    try:
        answer = f"out: {way(environ['QUERY_STRING'])!r}"
    except BaseException as error:  # noqa: BLE001
        answer = f"kept in: {type(error).__name__}: {error}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode("utf-8", "replace")]


def in_javascript(code: str) -> Callable[[str], object]:
    def run(argument: str) -> object:
        from pyodide.code import run_js

        return run_js(code.replace("ARGUMENT", argument))

    return run


def by_proxy(_argument: str) -> object:
    import js

    return js.process.getBuiltinModule("fs").readFileSync("/etc/passwd", "utf8")


def list_root(_argument: str) -> object:
    found = [name for name in os.listdir("/") if name in ("root", "etc", "var")]
    # There are time zones, which are given to it.
    found += [name for name in os.listdir("/usr/share") if name != "zoneinfo"]
    return found or sys.exit("only its own")


WAYS: dict[str, Callable[[str], object]] = {
    "own": lambda name: Path(name).read_text(),
    "read": lambda path: Path(path).read_text(),
    "list": list_root,
    "variable": lambda name: os.environ[name],
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port)), 2),
    "fetch": lambda port: urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read(),
    "process": lambda _: subprocess.check_output(["id"]),
    "system": lambda _: os.system("id") == 0 or sys.exit("it did not run"),
    "proxy": by_proxy,
    "link": lambda path: os.symlink(path, os.path.abspath("link")),
    "js-read": in_javascript("process.getBuiltinModule('fs').readFileSync('ARGUMENT', 'utf8')"),
    "js-write": in_javascript("process.getBuiltinModule('fs').writeFileSync('ARGUMENT', 'x')"),
    "js-link": in_javascript("process.getBuiltinModule('fs').symlinkSync('/etc', 'etc')"),
    "js-directory": in_javascript("process.chdir('ARGUMENT')"),
    "js-where": in_javascript("process.cwd()"),
    "js-variable": in_javascript(
        "process.env.ARGUMENT ?? (() => { throw new Error('not there') })()"
    ),
    "js-connect": in_javascript("process.getBuiltinModule('net').connect(ARGUMENT, '127.0.0.1')"),
    "js-http": in_javascript("process.getBuiltinModule('http').get('http://127.0.0.1:ARGUMENT/')"),
    "js-listen": in_javascript("process.getBuiltinModule('net').createServer().listen(0)"),
    "js-udp": in_javascript("process.getBuiltinModule('dgram').createSocket('udp4')"),
    "js-dns": in_javascript("process.getBuiltinModule('dns').lookup('localhost', () => {})"),
    "js-process": in_javascript(
        "process.getBuiltinModule('child_process').execFileSync('id').toString()"
    ),
    "js-worker": in_javascript(
        "new (process.getBuiltinModule('worker_threads').Worker)('1', { eval: true })"
    ),
    "js-binding": in_javascript("process.binding('tcp_wrap').TCP"),
    "js-kill": in_javascript("process.kill(process.ppid, 0)"),
    "js-handle": in_javascript(
        "process.getBuiltinModule('net')._createServerHandle('127.0.0.1', 0).listen(5)"
    ),
    "js-udp-handle": in_javascript(
        "process.getBuiltinModule('dgram')._createSocketHandle('127.0.0.1', 0, 'udp4').fd"
    ),
    "js-pipe": in_javascript(
        "const { constructor: Pipe } = process.stdin._handle;"
        "const pipe = new Pipe(1); pipe.bind('ARGUMENT'); pipe.listen(5)"
    ),
    "js-stream": in_javascript(
        "const { Duplex } = process.getBuiltinModule('stream');"
        "const Wrap = process.getBuiltinModule('_stream_wrap');"
        "const { constructor: Pipe } ="
        " new (Object.getPrototypeOf(Wrap))({ fd: 0 })._handle;"
        "const pipe = new Pipe(1); pipe.bind('ARGUMENT'); pipe.listen(5)"
    ),
    "js-active": in_javascript("process._getActiveHandles()"),
    "js-hooks": in_javascript("process.getBuiltinModule('async_hooks').createHook({})"),
    "js-output": in_javascript("process.getBuiltinModule('fs').fstatSync(ARGUMENT).ino"),
    "js-resource": in_javascript(
        "process.getBuiltinModule('async_hooks').executionAsyncResource()"
    ),
    "js-database": in_javascript(
        "new (process.getBuiltinModule('node:sqlite').DatabaseSync)('ARGUMENT').location()"
    ),
    "js-flags": in_javascript(
        "process.getBuiltinModule('v8').setFlagsFromString('--no-wasm-bounds-checks')"
    ),
    "js-trace": in_javascript(
        "process.getBuiltinModule('trace_events').createTracing({ categories: ['v8'] }).enable()"
    ),
    "js-report": in_javascript("process.report.writeReport('ARGUMENT')"),
    "js-environment": in_javascript("process.loadEnvFile(`/proc/${process.ppid}/environ`)"),
    "js-priority": in_javascript("process.getBuiltinModule('os').setPriority(process.ppid, 19)"),
    "js-register": in_javascript(
        "process.getBuiltinModule('module').register('data:text/javascript,')"
    ),
    "js-inspector": in_javascript("process.getBuiltinModule('inspector').open(0)"),
}
