/**
 * A process of clients that mean no good: its own, so that neither the server nor those who measure
 * it pay for them. It is told what to open, and tells how many of it are open.
 */
import { connect, type Socket } from "node:net";

export type Attack =
  | "silent"
  | "half a head"
  | "half a body"
  | "no reading of a whole answer"
  | "no reading of an answer in pieces";

export interface ToAttackers {
  readonly attack: Attack;
  readonly count: number;
  readonly port: number;
  /** The first of the addresses of 127.0.0.0/8 that the connections come from, in turn. */
  readonly from: number;
  readonly addresses: number;
}

export interface FromAttackers {
  readonly open: number;
  /** Of those open, how many have been sent something. */
  readonly answered: number;
  readonly failed: number;
  /** Connections that were tried so far, open or not. */
  readonly tried: number;
}

const HEAD = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n";

/** What each kind sends before it falls silent. */
const FIRST_BYTES: Readonly<Record<Attack, string>> = {
  silent: "",
  "half a head": `GET / HTTP/1.1\r\nHost: test\r\nX-Filling: ${"x".repeat(4_000)}`,
  "half a body": `${HEAD}${"b".repeat(300_000)}`,
  "no reading of a whole answer": "GET /whole HTTP/1.1\r\nHost: test\r\n\r\n",
  "no reading of an answer in pieces": "GET /pieces HTTP/1.1\r\nHost: test\r\n\r\n",
};

/** Connections that are being made at a time: more would overflow the server's backlog. */
const AT_A_TIME = 100;
const REPORT_EVERY = 50;

const sockets = new Set<Socket>();
const answered = new WeakSet<Socket>();
let failed = 0;
let tried = 0;

function open(order: ToAttackers, index: number): Promise<void> {
  const { port, from, addresses, attack } = order;
  const localAddress = `127.0.0.${from + (index % addresses)}`;
  const socket = connect({ host: "127.0.0.1", port, localAddress, allowHalfOpen: false });
  sockets.add(socket);
  return new Promise((resolve) => {
    socket.once("connect", () => {
      if (FIRST_BYTES[attack] !== "") socket.write(FIRST_BYTES[attack], "latin1");
      // Those that do not read still have the first bytes of an answer, and see when it is cut.
      if (attack.startsWith("no reading")) socket.once("readable", () => answered.add(socket));
      else socket.on("data", () => answered.add(socket));
      resolve();
    });
    socket.once("error", () => {
      failed += 1;
      socket.destroy();
    });
    socket.once("close", () => {
      sockets.delete(socket);
      resolve();
    });
  });
}

async function attack(order: ToAttackers): Promise<void> {
  for (let index = 0; index < order.count; index += AT_A_TIME) {
    const size = Math.min(AT_A_TIME, order.count - index);
    await Promise.all(Array.from({ length: size }, (_, each) => open(order, index + each)));
    tried += size;
  }
}

function report(): void {
  const all = [...sockets];
  const open = all.filter((socket) => !socket.connecting).length;
  const message: FromAttackers = {
    open,
    answered: all.filter((socket) => answered.has(socket)).length,
    failed,
    tried,
  };
  process.send?.(message);
}

process.on("message", (order: ToAttackers) => {
  void attack(order);
});
process.once("disconnect", () => process.exit(0));
setInterval(report, REPORT_EVERY);
