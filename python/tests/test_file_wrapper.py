"""wsgi.file_wrapper: files that the gateway sends itself, and those it cannot."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from conftest import Run
from gateway import Gateway
from portico.file_wrapper import FileWrapper, find_regular_file
from portico.frames import FrameFlag, FrameType, decode_pairs

CONTENT = bytes(range(256)) * 8

FILES = """
import io
closed = []
class Recorder:
    def __init__(self, file):
        self.file = file
    def __getattr__(self, name):
        return getattr(self.file, name)
    def close(self):
        closed.append(1)
        self.file.close()
def app(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/closed":
        start_response("200 OK", [])
        return [str(len(closed)).encode()]
    offset, length = query.split(",")
    start_response("200 OK", [("Content-Length", length)] if length else [])
    file = io.BytesIO(open("file", "rb").read()) if path == "/memory" else open("file", "rb")
    file.read(int(offset))
    if path == "/text":
        file = open("file", encoding="latin-1")
    wrapper = environ["wsgi.file_wrapper"](Recorder(file), 100)
    if path == "/upper":
        return (block.upper() for block in wrapper)
    return wrapper
"""


def start(run: Run, folder: Path) -> Gateway:
    (folder / "file").write_bytes(CONTENT)
    return run(FILES)


def offered(gateway: Gateway, query: str) -> tuple[int, dict[str, str]]:
    stream = gateway.open("/disk", QUERY_STRING=query)
    return stream, decode_pairs(gateway.expect(FrameType.FILE, stream).payload)


def read(description: dict[str, str]) -> bytes:
    """What a gateway would send."""
    with open(description["path"], "rb") as file:
        status = os.fstat(file.fileno())
        assert description["device"] == str(status.st_dev)
        assert description["inode"] == str(status.st_ino)
        file.seek(int(description["offset"]))
        return file.read(int(description["length"]))


@pytest.mark.parametrize(
    ("query", "expected"),
    [("0,", CONTENT), ("5,", CONTENT[5:]), ("5,10", CONTENT[5:15]), ("0,2048", CONTENT)],
)
def test_a_file_on_disk_is_offered_to_the_gateway(
    run: Run, tmp_path: Path, query: str, expected: bytes
) -> None:
    gateway = start(run, tmp_path)
    stream, description = offered(gateway, query)
    assert read(description) == expected
    gateway.send(FrameType.FILE, FrameFlag.ACK, stream, b"1")
    assert gateway.get("/closed").body == b"1"


def test_a_file_that_the_gateway_does_not_take_is_sent_as_bytes(run: Run, tmp_path: Path) -> None:
    gateway = start(run, tmp_path)
    stream, _ = offered(gateway, "5,")
    gateway.send(FrameType.FILE, FrameFlag.ACK, stream)
    assert gateway.answer(stream).body == CONTENT[5:]
    assert gateway.get("/closed").body == b"1"


def test_cancelling_an_offered_file_closes_it(run: Run, tmp_path: Path) -> None:
    gateway = start(run, tmp_path)
    stream, _ = offered(gateway, "0,")
    gateway.cancel(stream)
    assert gateway.answer(stream).reset
    assert gateway.get("/closed").body == b"1"


def test_a_file_in_memory_is_sent_as_bytes_and_closed(run: Run, tmp_path: Path) -> None:
    gateway = start(run, tmp_path)
    assert gateway.get("/memory", QUERY_STRING="5,").body == CONTENT[5:]
    assert gateway.get("/memory", QUERY_STRING="5,10").body == CONTENT[5:15]
    assert gateway.get("/closed").body == b"2"


def test_middleware_that_iterates_the_wrapper_has_its_way(run: Run, tmp_path: Path) -> None:
    gateway = start(run, tmp_path)
    assert gateway.get("/upper", QUERY_STRING="0,").body == CONTENT.upper()


def test_head_sends_no_file(run: Run, tmp_path: Path) -> None:
    gateway = start(run, tmp_path)
    answer = gateway.get("/disk", QUERY_STRING="0,", REQUEST_METHOD="HEAD")
    assert (answer.status, answer.body) == ("200 OK", b"")
    assert gateway.get("/closed").body == b"1"


def test_a_text_file_is_an_error_that_says_so(run: Run, tmp_path: Path) -> None:
    answer = start(run, tmp_path).get("/text", QUERY_STRING="0,")
    assert answer.reset
    assert answer.reset[1] == "ApplicationError: the body has a str where bytes belong"


def test_a_file_that_is_too_short_for_its_length_is_an_error(run: Run, tmp_path: Path) -> None:
    gateway = start(run, tmp_path)
    stream = gateway.open("/disk", QUERY_STRING="0,9999")
    gateway.expect(FrameType.FILE, stream)
    gateway.send(FrameType.FILE, FrameFlag.ACK, stream)
    answer = gateway.answer(stream)
    assert answer.reset
    assert answer.body == CONTENT


def test_the_wrapper_iterates_in_blocks_and_needs_only_read() -> None:
    class OnlyRead:
        def __init__(self) -> None:
            self.blocks = [b"a", b"b", b""]

        def read(self, size: int) -> bytes:
            assert size == 7
            return self.blocks.pop(0)

    wrapper = FileWrapper(OnlyRead(), 7)
    assert list(wrapper) == [b"a", b"b"]
    wrapper.close()


def test_a_pipe_and_a_closed_file_are_no_regular_files(tmp_path: Path) -> None:
    readable, writable = os.pipe()
    with open(readable, "rb") as pipe, open(writable, "wb"):
        assert find_regular_file(pipe) is None
    (tmp_path / "file").write_bytes(b"x")
    file = (tmp_path / "file").open("rb")
    file.close()
    assert find_regular_file(file) is None
    assert find_regular_file(io.BytesIO(b"x")) is None
