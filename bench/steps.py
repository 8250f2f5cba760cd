"""Where the microseconds of a request go: CPU time of a server's processes, step by step.

    python3 bench/steps.py bench.apps.hello:application
    python3 bench/steps.py bench/apps/hello.ts

Needs Linux, wrk, perf and a Portico that is built. A sample of perf counts for the first function
on its stack that a step knows, so that a step's time has the libraries' and the kernel's in it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

PORT = 18790
URL = f"http://127.0.0.1:{PORT}/"
WARM_UP_SECONDS, SECONDS = 3, 8
TICKS = os.sysconf("SC_CLK_TCK")

OURS = r"JS:\S* .*build/src/"
CONNECTION = r"JS:\S*%s .*build/src/http/connection"

# The first that fits counts.
STEPS = {
    "collecting garbage": r"v8::internal::(Heap|Scaveng|MarkCompact|Sweeper|Incremental)",
    "writing to a worker": r"unix_stream_sendmsg",
    "reading from a worker": r"unix_stream_(recvmsg|read)",
    "writing to a client": r"uv__?(try_)?write|LibuvStreamWrap::Do|StreamBase::Write|sys_write",
    "reading from a client": r"uv__read|sys_read|__libc_read",
    "waiting for sockets": r"epoll|uv__io_poll",
    "reading the head": rf"{OURS}http/(request|receive|field|framing)|"
    + CONNECTION % "(nextEvent|receiveData|#read)",
    "making the answer": rf"{OURS}(http/(response-head|writers|date)|server/common-fields)|"
    + CONNECTION % "(send|#start)",
    "making the environ": rf"{OURS}gateway/(environ|forward)",
    "calling the application": rf"{OURS}gateway/|build/bench/apps",
    "environ to payload": rf"{OURS}bridge/(environ-codec|strings)",
    "frames": rf"{OURS}(bridge/frame|engines/bridge-channel)",
    "choosing a worker, keeping the call": rf"{OURS}(engines|embed|processes)/",
    "the connection: phases, clocks, counters": rf"{OURS}",
    "Node.js: streams, buffers, ticks": r"JS:.*node:",
}
_STEPS = {step: re.compile(pattern) for step, pattern in STEPS.items()}


def main(target: str) -> None:
    """Print what a request costs each process, and the steps of the one that speaks HTTP."""
    command = ["node", "bin/portico.mjs", target, "-w", "1", "-b", f"127.0.0.1:{PORT}"]
    command += ["--log-level", "warning"]
    command += [] if target.endswith(".ts") else ["--python", sys.executable]
    environment = {**os.environ, "NODE_OPTIONS": "--perf-basic-prof-only-functions"}
    with TemporaryDirectory() as folder, subprocess.Popen(command, env=environment) as server:
        try:
            wait_for_answer()
            load(WARM_UP_SECONDS)
            pids = tree(server.pid)
            costs = cost_of_each(pids)
            speaker = max(
                (pid for pid in pids if "node" in name_of(pid)), key=lambda pid: sum(costs[pid])
            )
            profile = Path(folder, "perf.data")
            record(speaker, profile)
            steps = steps_of(profile)
            for pid, (user, system) in costs.items():
                print(f"{name_of(pid)}: user {user:.1f} µs, system {system:.1f} µs a request")
            print_steps(steps, sum(costs[speaker]))
            # Where Node.js has written what its compiled functions are called, for perf.
            for pid in pids:
                Path(f"/tmp/perf-{pid}.map").unlink(missing_ok=True)
        finally:
            server.terminate()


def wait_for_answer() -> None:
    """Return once the server answers."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(URL):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit(f"{URL} gives no answer: is it built, and the port free?")


def load(seconds: int) -> int:
    """Requests that were answered on twenty connections in so many seconds."""
    command = ["wrk", "-t1", "-c20", f"-d{seconds}s", URL]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+) requests in", report)
    if found is None:
        raise SystemExit(f"wrk printed no number of requests:\n{report}")
    return int(found[1])


def tree(root: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(pid for child in children for pid in tree(int(child)))]


def name_of(pid: int) -> str:
    """The program and what it runs."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return " ".join(Path(word).name for word in words[:2])


def cost_of_each(pids: list[int]) -> dict[int, tuple[float, float]]:
    """Microseconds of user and of system time a request, under load."""
    before = [cpu_ticks(pid) for pid in pids]
    requests = load(SECONDS)
    scale = 1e6 / TICKS / requests
    return {
        pid: ((user - user_before) * scale, (system - system_before) * scale)
        for pid, (user_before, system_before) in zip(pids, before)
        for user, system in [cpu_ticks(pid)]
    }


def cpu_ticks(pid: int) -> tuple[int, int]:
    """User and system time so far; proc(5): fields 14 and 15, after a name that may hold spaces."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def record(pid: int, profile: Path) -> None:
    """Sample the stacks of all threads of a process under load."""
    perf = ["perf", "record", "-q", "-F", "2000", "-e", "cpu-clock", "-g", "-p", str(pid)]
    with subprocess.Popen([*perf, "-o", str(profile)]) as recorder:
        load(SECONDS)
        recorder.send_signal(2)


def steps_of(profile: Path) -> Counter[str]:
    """How many samples each step has."""
    script = ["perf", "script", "-i", str(profile), "-F", "pid,tid,ip,sym"]
    text = subprocess.run(script, check=True, capture_output=True).stdout.decode(errors="replace")
    return Counter(step_of(sample.strip().split("\n")) for sample in text.split("\n\n") if sample)


def step_of(sample: list[str]) -> str:
    """The step of one sample: a line that names the thread, then its stack, innermost first."""
    pid, _, tid = sample[0].strip().partition("/")
    if pid != tid.split()[0]:
        return "other threads: compiler, collector"
    for frame in sample[1:]:
        for step, pattern in _STEPS.items():
            if pattern.search(frame):
                return step
    return "the rest"


def print_steps(steps: Counter[str], microseconds: float) -> None:
    """A Markdown table, the dearest first."""
    print("\n| step | µs | share |\n| --- | --: | --: |")
    for step, samples in steps.most_common():
        share = samples / sum(steps.values())
        print(f"| {step} | {microseconds * share:.2f} | {share:.0%} |")


if __name__ == "__main__":
    main(sys.argv[1])
