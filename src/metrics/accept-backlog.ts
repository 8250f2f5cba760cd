/** Connections that the kernel has made and no process has accepted. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** `st` of a listening socket in /proc/net/tcp (TCP_LISTEN of the kernel's tcp_states.h). */
const LISTENING = "0A";

/** Of the TCP sockets that this process listens on; 0 where the system does not say. */
export function acceptBacklog(): number {
  try {
    const own = ownSockets();
    return ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
      .flatMap((file) => readFileSync(file, "latin1").split("\n").slice(1))
      .reduce((sum, line) => sum + waitingIn(line, own), 0);
  } catch {
    // This is no Linux.
    return 0;
  }
}

/** `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …` */
function waitingIn(line: string, own: ReadonlySet<string>): number {
  const [, , , state, queues = "", , , , , inode = ""] = line.trim().split(/\s+/);
  // Of a socket that listens, rx_queue is what waits to be accepted.
  if (state !== LISTENING || !own.has(inode)) return 0;
  return Number.parseInt(queues.split(":")[1] ?? "0", 16);
}

function ownSockets(): ReadonlySet<string> {
  return new Set(
    readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? [];
      } catch {
        // It was closed meanwhile, as the one that lists this directory is.
        return [];
      }
    }),
  );
}
