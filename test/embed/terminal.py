"""Starts a program in a terminal of its own, and closes the terminal when a line is read."""

import os
import pty
import sys

pid, terminal = pty.fork()
if pid == 0:
    # The log goes where the test reads it; the terminal is what the program was started from.
    os.dup2(3, 2)
    os.execv(sys.argv[1], sys.argv[1:])
print(pid, flush=True)
sys.stdin.readline()
os.close(terminal)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status), flush=True)
