"""Frames to bytes and back, by the vectors that the TypeScript tests read too."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import NamedTuple

import pytest

from portico.errors import FrameError
from portico.frames import (
    LARGE_PAYLOAD_BYTES,
    MAX_PAYLOAD_BYTES,
    Frame,
    FrameDecoder,
    FrameFlag,
    FrameType,
    decode_strings,
    encode_frame,
    encode_strings,
    pack_header,
)

VECTORS = Path(__file__).parents[2] / "spec" / "vectors"
LINE = re.compile(r'(\w+) (\d+) (\d+) "(.*)" => ([0-9a-f]+)')


class Vector(NamedTuple):
    meaning: str
    frame: Frame
    data: bytes


def _unescape(text: str) -> bytes:
    def one(match: re.Match[str]) -> str:
        return "\\" if match[0] == r"\\" else chr(int(match[1], 16))

    return re.sub(r"\\(?:\\|x([0-9a-f]{2}))", one, text).encode("latin-1")


def _read_vectors() -> list[Vector]:
    vectors: list[Vector] = []
    for path in sorted(VECTORS.glob("*.txt")):
        meaning = ""
        for line in path.read_text(encoding="ascii").splitlines():
            if line.startswith("#"):
                meaning = line[2:]
            elif line:
                match = LINE.fullmatch(line)
                assert match, line
                kind, flags, stream, payload, data = match.groups()
                number: int = getattr(FrameType, kind)
                frame = Frame(number, int(flags), int(stream), _unescape(payload))
                vectors.append(Vector(meaning, frame, bytes.fromhex(data)))
    return vectors


ALL = _read_vectors()


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.meaning)
def test_a_frame_is_encoded_as_the_vector_says(vector: Vector) -> None:
    assert encode_frame(vector.frame) == vector.data


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.meaning)
def test_a_frame_is_decoded_as_the_vector_says(vector: Vector) -> None:
    assert [Frame(*parts) for parts in FrameDecoder().decode(vector.data)] == [vector.frame]


def test_the_vectors_show_every_type_of_frame() -> None:
    numbers = {value for name, value in vars(FrameType).items() if name.isupper()}
    assert {vector.frame.type for vector in ALL} == numbers


def test_frames_survive_any_cut_of_the_bytes() -> None:
    frames = [vector.frame for vector in ALL[:5]]
    data = b"".join(vector.data for vector in ALL[:5])
    for cut in range(len(data) + 1):
        decoder = FrameDecoder()
        parts = decoder.decode(data[:cut]) + decoder.decode(data[cut:])
        assert [Frame(*part) for part in parts] == frames


def test_frames_survive_single_bytes() -> None:
    decoder = FrameDecoder()
    data = b"".join(vector.data for vector in ALL)
    parts = [part for byte in data for part in decoder.decode(bytes([byte]))]
    assert [Frame(*part) for part in parts] == [vector.frame for vector in ALL]


def test_a_large_frame_survives_any_way_it_comes() -> None:
    small = ALL[0]
    payload = bytes(range(256)) * (LARGE_PAYLOAD_BYTES // 256) + b"!"
    large = Frame(FrameType.DATA, FrameFlag.END_STREAM, 3, payload)
    data = small.data + encode_frame(large) + small.data
    for cut in (1, 9, 10, 11, len(small.data) + 4, len(small.data) + 10, 70_000, len(data) - 20):
        for pieces in (1, 2, 1000):
            decoder = FrameDecoder()
            parts = decoder.decode(data[:cut])
            step = -(-(len(data) - cut) // pieces)
            for start in range(cut, len(data), step):
                parts += decoder.decode(data[start : start + step])
            assert [Frame(*part) for part in parts] == [small.frame, large, small.frame]


def test_a_large_frame_is_received_in_its_place() -> None:
    payload = bytes(range(256)) * (LARGE_PAYLOAD_BYTES // 256)
    data = encode_frame(Frame(FrameType.DATA, 0, 3, payload)) + ALL[0].data
    ours, theirs = socket.socketpair()
    decoder = FrameDecoder()
    assert decoder.decode(data[:1000]) == []
    parts: list[tuple[int, int, int, bytes]] = []
    with ours, theirs:
        for start in range(1000, len(data), 50_000):
            theirs.sendall(data[start : start + 50_000])
            while decoder.large is not None and decoder.large.receive(ours, socket.MSG_DONTWAIT):
                parts += decoder.take_large()
                if parts or start + 50_000 < len(data):
                    break
        assert parts == [(FrameType.DATA, 0, 3, payload)]
        assert decoder.decode(ours.recv(1000)) == [tuple(ALL[0].frame)]


def test_a_frame_over_the_limit_is_refused_before_its_payload_is_there() -> None:
    header = pack_header(MAX_PAYLOAD_BYTES + 1, FrameType.DATA, 0, 1)
    with pytest.raises(FrameError, match="16777217 bytes"):
        FrameDecoder().decode(header)


def test_strings_keep_empty_items() -> None:
    assert decode_strings(encode_strings(["a", "", "b", ""])) == ["a", "", "b", ""]
    assert decode_strings(b"") == []
