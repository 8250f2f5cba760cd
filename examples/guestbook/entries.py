"""The guestbook's entries in SQLite: what one is, and how it is read and written."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import sqlite3
import time
from collections.abc import Iterator

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    message TEXT NOT NULL,
    signed_at TEXT NOT NULL
)
"""
_COLUMNS = "id, name, message, signed_at"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One visitor's name and words, and when they were left (UTC, ISO 8601)."""

    id: int
    name: str
    message: str
    signed_at: str


def add(name: str, message: str) -> int:
    """Store an entry and return its number."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with _connection() as connection:
        cursor = connection.execute(
            "INSERT INTO entry (name, message, signed_at) VALUES (?, ?, ?)",
            (name, message, now),
        )
    return cursor.lastrowid or 0


def find(number: int) -> Entry | None:
    """Return the entry with this number, if there is one."""
    with _connection() as connection:
        query = f"SELECT {_COLUMNS} FROM entry WHERE id = ?"
        row = connection.execute(query, (number,)).fetchone()
    return Entry(*row) if row else None


def newest(limit: int, before: int) -> list[Entry]:
    """Return at most ``limit`` entries older than number ``before``, the newest first."""
    with _connection() as connection:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM entry WHERE id < ? ORDER BY id DESC LIMIT ?",
            (before, limit),
        ).fetchall()
    return [Entry(*row) for row in rows]


@contextlib.contextmanager
def _connection() -> Iterator[sqlite3.Connection]:
    """Open the database for one request: threads share the file, never a connection."""
    default = pathlib.Path(__file__).with_name("guestbook.sqlite3")
    connection = sqlite3.connect(os.environ.get("GUESTBOOK_DB") or default)
    try:
        with connection:
            connection.execute(_SCHEMA)
            yield connection
    finally:
        connection.close()
