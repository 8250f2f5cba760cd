"""Sends one message to the socket of a service manager, as sd_notify(3) has it, and waits until it
has been taken: a process that has ended is nobody's that the manager knows."""

from __future__ import annotations

import array
import os
import select
import socket
import sys
from typing import Final

#: Seconds.
_LONGEST_WAIT: Final = 5


def main() -> None:
    """The assignments are the arguments behind the first."""
    notify(os.environ["NOTIFY_SOCKET"], sys.argv[2:])


def notify(address: str, assignments: list[str]) -> None:
    """Send the assignments to the socket, whose name is abstract if it begins with @."""
    place = f"\0{address[1:]}" if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.connect(place)
        sock.sendall("\n".join(assignments).encode())
        _wait(sock)


def _wait(sock: socket.socket) -> None:
    """The manager closes what comes with BARRIER=1 when it has taken all before (systemd 246)."""
    reader, writer = os.pipe()
    try:
        passed = array.array("i", [writer])
        sock.sendmsg([b"BARRIER=1"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
    finally:
        os.close(writer)
    select.select([reader], [], [], _LONGEST_WAIT)
    os.close(reader)
