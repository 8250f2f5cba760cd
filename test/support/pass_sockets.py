"""Opens sockets as a service manager does, and becomes the program that they are for:
pass_sockets.py ADDRESS[,ADDRESS...] PROGRAM [ARGUMENT...], an address being PORT, a path or udp."""

import os
import socket
import sys


def listening(address: str) -> socket.socket:
    if address == "udp":
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        return sock
    if address.isdigit():
        sock = socket.socket()
        sock.bind(("127.0.0.1", int(address)))
    else:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(address)
    sock.listen()
    return sock


sockets = [listening(address) for address in sys.argv[1].split(",")]
# Out of the way of the numbers that they are to get.
copies = [os.dup(sock.fileno()) for sock in sockets for _ in range(8)][7::8]
for number, copy in enumerate(copies, start=3):
    os.dup2(copy, number)
# The program may be meant, or another one.
os.environ["LISTEN_PID"] = os.environ.get("LISTEN_PID") or str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(copies))
os.environ["LISTEN_FDNAMES"] = ":".join("socket" for _ in copies)
os.execvp(sys.argv[2], sys.argv[2:])
