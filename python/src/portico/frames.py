"""The frames that cross between a gateway and an application; mirrors src/bridge/frames.ts.

spec/bridge.md gives each payload and the life of a stream.
"""

from __future__ import annotations

import socket
import struct
from io import BytesIO
from typing import Final, NamedTuple

from .errors import FrameError

# Bytes before every payload.
FRAME_HEADER_BYTES: Final = 10

# The largest payload either side may send, in bytes.
MAX_PAYLOAD_BYTES: Final = 16 * 1024 * 1024
# Of RESPONSE.
MAX_HEAD_BYTES: Final = 256 * 1024

# A payload of this size is received in its place, and not copied there.
LARGE_PAYLOAD_BYTES: Final = 128 * 1024

# What SETTINGS calls the protocol spoken here.
BRIDGE_VERSION: Final = "1"


class FrameType:
    """The number of each kind of frame."""

    SETTINGS: Final = 0x01  # either side, first: version, capabilities
    REQUEST: Final = 0x02  # gateway: the environ's strings; opens the stream
    RESPONSE: Final = 0x03  # application: status and headers, after any number of early hints
    DATA: Final = 0x04  # both: body bytes; END_STREAM on the last
    WINDOW_UPDATE: Final = 0x05  # gateway: takes n more bytes on this stream
    RST_STREAM: Final = 0x06  # both: this stream is over, or should be, and why
    PING: Final = 0x07  # gateway: answered with ACK; the heartbeat
    GOAWAY: Final = 0x08  # both: no new streams; finish the open ones
    LOG: Final = 0x09  # application: a line for the error log
    FILE: Final = 0x0A  # application: the rest of the body is this open file; answered with ACK
    INTERRUPT: Final = 0x0B  # gateway: this request took too long; answered with ACK, and stacks
    FORK: Final = 0x0C  # gateway, to a template: make a worker; answered with ACK
    EXITED: Final = 0x0D  # template: how a worker that it has forked ended
    ENVIRON: Final = 0x0E  # gateway: what many requests have in common, under a number


class FrameFlag:
    """What one bit of the flags says."""

    END_STREAM: Final = 0x01  # the sender is done with this stream
    ACK: Final = 0x02  # on PING, FILE, INTERRUPT and FORK: an answer
    ESCAPED: Final = 0x04  # on REQUEST: names ending in "%" have percent-encoded values
    INFORMATIONAL: Final = 0x08  # on RESPONSE: early hints; the final one follows
    COMMON: Final = 0x10  # on REQUEST: an ENVIRON's number, then what is different from it


class ErrorCode:
    """RFC 9113 section 7's numbers for the reasons that RST_STREAM and GOAWAY carry."""

    NO_ERROR: Final = 0x0
    PROTOCOL_ERROR: Final = 0x1
    INTERNAL_ERROR: Final = 0x2
    REFUSED_STREAM: Final = 0x7  # not begun: may be given to another worker
    CANCEL: Final = 0x8  # nobody waits for the answer any more


class LogLevel:
    """The flags byte of LOG."""

    TEXT: Final = 0  # what the application wrote to wsgi.errors, as it is
    DEBUG: Final = 1
    INFO: Final = 2
    WARNING: Final = 3
    ERROR: Final = 4
    CRITICAL: Final = 5
    FINDING: Final = 6  # strings: what lint found: rule, evidence, request


class Frame(NamedTuple):
    """One frame, in the order of its header."""

    type: int
    flags: int
    stream_id: int
    payload: bytes


pack_header = struct.Struct(">IBBI").pack
pack_u32 = struct.Struct(">I").pack

_unpack_header = struct.Struct(">IBBI").unpack_from


def encode_frame(frame: Frame) -> bytes:
    """One frame as bytes."""
    kind, flags, stream_id, payload = frame
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise FrameError(f"frame of {len(payload)} bytes is over the limit of {MAX_PAYLOAD_BYTES}")
    return pack_header(len(payload), kind, flags, stream_id) + payload


class LargeFrame:
    """A frame that is received right where its payload is to be."""

    __slots__ = ("_bytes", "_filled", "_head", "_room")

    def __init__(self, head: tuple[int, int, int], length: int, start: memoryview) -> None:
        self._head = head
        # Its memory can be written to, and becomes `bytes` without a copy: nothing else does both.
        self._bytes = BytesIO(bytes(length))
        self._room = self._bytes.getbuffer()
        self._filled = len(start)
        self._room[: self._filled] = start

    def receive(self, sock: socket.socket, flags: int) -> int:
        """Fill some of it; 0 at the end of the file."""
        count = sock.recv_into(self._room[self._filled :], 0, flags)
        self._filled += count
        return count

    def fill(self, data: bytes) -> bytes:
        """Fill some of it with bytes that have come another way; return those behind it."""
        taken = min(len(data), len(self._room) - self._filled)
        self._room[self._filled : self._filled + taken] = memoryview(data)[:taken]
        self._filled += taken
        return data[taken:]

    def whole(self) -> tuple[int, int, int, bytes] | None:
        """The frame, once all of it is there."""
        if self._filled < len(self._room):
            return None
        self._room.release()
        return (*self._head, self._bytes.getvalue())


class FrameDecoder:
    """Bytes come in as the socket cuts them; whole frames go out."""

    __slots__ = ("_chunks", "_missing", "large")

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        # Joining only when a frame is whole keeps a large body from being copied at every read.
        self._missing = 0
        # Where what comes next may be received, and then is not for `decode`.
        self.large: LargeFrame | None = None

    def take_large(self) -> list[tuple[int, int, int, bytes]]:
        """The large frame, once it is whole."""
        frame = None if self.large is None else self.large.whole()
        if frame is None:
            return []
        self.large = None
        return [frame]

    def decode(self, data: bytes) -> list[tuple[int, int, int, bytes]]:
        """The frames that are whole now, each as type, flags, stream and payload."""
        frames: list[tuple[int, int, int, bytes]] = []
        if self.large is not None:
            data = self.large.fill(data)
            frames = self.take_large()
        if self._chunks:
            self._chunks.append(data)
            self._missing -= len(data)
            if self._missing > 0:
                return []
            data = b"".join(self._chunks)
            self._chunks = []
        offset, end = 0, len(data)
        stop = FRAME_HEADER_BYTES
        while stop <= end:
            length, kind, flags, stream_id = _unpack_header(data, offset)
            if length > MAX_PAYLOAD_BYTES:
                raise FrameError(
                    f"frame of {length} bytes is over the limit of {MAX_PAYLOAD_BYTES}"
                )
            start = stop
            stop += length
            if stop > end:
                if length >= LARGE_PAYLOAD_BYTES:
                    rest = memoryview(data)[start:]
                    self.large = LargeFrame((kind, flags, stream_id), length, rest)
                    return frames
                break
            frames.append((kind, flags, stream_id, data[start:stop]))
            offset = stop
            stop += FRAME_HEADER_BYTES
        if offset < end:
            self._chunks.append(data[offset:])
            self._missing = stop - end
        return frames


def encode_strings(items: list[str]) -> bytes:
    """Latin-1 items joined by NUL; ``UnicodeEncodeError`` if an item is not latin-1."""
    return "\0".join(items).encode("latin-1")


def decode_strings(payload: bytes) -> list[str]:
    """The items of a *strings* payload; none for the empty payload."""
    return payload.decode("latin-1").split("\0") if payload else []


def decode_pairs(payload: bytes) -> dict[str, str]:
    """Names and values of a *strings* payload."""
    items = iter(decode_strings(payload))
    return dict(zip(items, items))


def encode_reason(code: int, text: str) -> bytes:
    """The payload of RST_STREAM and GOAWAY."""
    return pack_u32(code) + text.encode("utf-8", "backslashreplace")


def decode_reason(payload: bytes) -> tuple[int, str]:
    """Error code and text of RST_STREAM and GOAWAY."""
    return decode_u32(payload[:4]), payload[4:].decode("utf-8", "replace")


def decode_u32(payload: bytes) -> int:
    """The number that is a WINDOW_UPDATE's whole payload."""
    if len(payload) != 4:
        raise FrameError(f"a number of {len(payload)} bytes where 4 belong")
    return int.from_bytes(payload, "big")
