"""Listens on a datagram socket as a service manager does, and prints each message as a line of JSON."""

import json
import os
import socket
import sys

path = sys.argv[1]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
    sock.bind(f"\0{path[1:]}" if path.startswith("@") else path)
    if not path.startswith("@"):
        os.chmod(path, 0o777)
    print("listening", flush=True)
    while True:
        # What is passed with BARRIER=1 is closed by not being taken.
        print(json.dumps(sock.recv(4096).decode()), flush=True)
