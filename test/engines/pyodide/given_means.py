"""What an interpreter in WebAssembly is given: a path asks for the answers of a table, as JSON, or is
one of those that wait.

Run as a program it prints all tables, by whatever Python that is, so that they can be compared.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import sys
import time
import zoneinfo
from typing import Any, Callable

from coroutines import COROUTINES
from derived_keys import KEYS

TABLES: dict[str, dict[str, Callable[[], Any]]] = {"keys": KEYS, "coroutines": COROUTINES}


served = 0


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    global served
    served += 1
    path = environ["PATH_INFO"][1:]
    answer = answers_of(TABLES[path]) if path in TABLES else ALONE[path]()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


async def wait_for_nothing() -> None:
    await asyncio.get_running_loop().create_future()


def summer_in_berlin() -> str:
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    return datetime.datetime(2024, 7, 1, tzinfo=zone).isoformat()


ALONE: dict[str, Callable[[], Any]] = {
    "count": lambda: served,
    "doze": lambda: time.sleep(1),
    "doze-in-loop": lambda: asyncio.run(asyncio.sleep(1)),
    "sleep": lambda: time.sleep(3600),
    "sleep-in-loop": lambda: asyncio.run(asyncio.sleep(3600)),
    "wait-in-loop": lambda: asyncio.run(wait_for_nothing()),
    "zone": summer_in_berlin,
}


def answers_of(table: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    return {name: answer_of(ask) for name, ask in table.items()}


def answer_of(ask: Callable[[], Any]) -> object:
    try:
        return ask()
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is the answer)
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    json.dump({name: answers_of(table) for name, table in TABLES.items()}, sys.stdout)
