"""For the probe application on Pyodide.

Python in WebAssembly has no sockets; the JavaScript around it has, in a thread that is free.
"""

from __future__ import annotations

import time
from importlib import import_module
from types import TracebackType
from typing import Any

CONNECT = """(host, port, text) => {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { host, port, text, answered } = require("node:worker_threads").workerData;
    const judge = require("node:net").connect(port, host);
    const end = () => { Atomics.store(answered, 0, 1); judge.destroy(); };
    for (const event of ["data", "end", "error"]) judge.once(event, end);
    judge.write(text);
  `;
  const workerData = { host, port, text, answered };
  new (process.getBuiltinModule("worker_threads").Worker)(code, { eval: true, workerData });
  return () => Atomics.load(answered, 0) === 1;
}"""


class Connection:
    """As much of a socket as the probe application uses: it says one thing, and is answered."""

    def __init__(self, address: tuple[str, int], timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._is_answered: Any = None

    def sendall(self, data: bytes) -> None:
        run_js: Any = import_module("pyodide.code").run_js
        self._is_answered = run_js(CONNECT)(*self._address, data.decode())

    def recv(self, _size: int) -> bytes:
        until = time.monotonic() + self._timeout
        while not self._is_answered() and time.monotonic() < until:
            time.sleep(0.001)
        return b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None: ...


def create_connection(address: tuple[str, int], timeout: float) -> Connection:
    return Connection(address, timeout)
