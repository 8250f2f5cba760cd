from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from portico.notify import notify


def received(sock: socket.socket, messages: list[bytes]) -> None:
    """Take messages until the barrier, and what is passed with them by not taking it."""
    while not messages or messages[-1] != b"BARRIER=1":
        messages.append(sock.recv(4096))


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_assignments_arrive_as_one_message_before_the_barrier(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "notify") if kind == "path" else f"@portico-{os.getpid()}"
    messages: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(address.replace("@", "\0"))
        taking = threading.Thread(target=received, args=(sock, messages))
        taking.start()
        notify(address, ["READY=1", "STATUS=on two = signs"])
        taking.join()
    assert messages == [b"READY=1\nSTATUS=on two = signs", b"BARRIER=1"]


def test_a_socket_that_nobody_listens_on_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        notify(str(tmp_path / "nobody"), ["READY=1"])
