"""wsgi.file_wrapper: iterates a file, and says where it lies if the gateway could send it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import Any, Final

from .frames import encode_strings

BLOCK_BYTES: Final = 64 * 1024


class FileWrapper:
    """PEP 3333, "Optional Platform-Specific File Handling"."""

    def __init__(self, filelike: Any, block_size: int = BLOCK_BYTES) -> None:
        self.filelike = filelike
        self.block_size = block_size
        self._close: Callable[[], object] | None = getattr(filelike, "close", None)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block: bytes = self.filelike.read(self.block_size)
        if not block:
            raise StopIteration
        return block

    def close(self) -> None:
        if self._close is not None:
            self._close()


class RegularFile:
    """The rest of an open file on disk, from its current position."""

    def __init__(self, path: str, status: os.stat_result, offset: int) -> None:
        self._path = path
        self._status = status
        self._offset = offset
        self.length = max(0, status.st_size - offset)

    def describe(self, length: int) -> bytes:
        """The payload of FILE."""
        values = {
            "path": self._path,
            "device": str(self._status.st_dev),
            "inode": str(self._status.st_ino),
            "offset": str(self._offset),
            "length": str(length),
        }
        return encode_strings([text for pair in values.items() for text in pair])


def find_regular_file(filelike: Any) -> RegularFile | None:
    """``None`` unless another process could open the same bytes by a path."""
    # A text file's position says nothing about bytes, and its read() gives none.
    if hasattr(filelike, "encoding"):
        return None
    try:
        descriptor = filelike.fileno()
        status = os.fstat(descriptor)
        offset = filelike.tell()
    except (AttributeError, OSError, ValueError, TypeError):
        return None
    if not stat.S_ISREG(status.st_mode) or not isinstance(offset, int):
        return None
    path = _path_of(descriptor, getattr(filelike, "name", None), status)
    return RegularFile(path, status, offset) if path else None


def _path_of(descriptor: int, name: object, status: os.stat_result) -> str | None:
    path = f"/proc/{os.getpid()}/fd/{descriptor}"
    if os.path.exists(path):
        return path
    if not isinstance(name, (str, bytes)):
        return None
    try:
        same = os.path.samestat(os.stat(name), status)
    except OSError:
        return None
    # UTF-8 seen as latin-1, as paths cross.
    return os.fsencode(os.path.abspath(name)).decode("latin-1") if same else None
