/** A process of clients that each ask once and wait for their answer, however long it takes. */
import { connect } from "node:net";

export interface ToPollers {
  readonly port: number;
  readonly count: number;
}

export interface FromPollers {
  readonly answered: number;
  readonly failed: number;
}

const REQUEST = "GET /wait HTTP/1.1\r\nHost: test\r\n\r\n";
const ANSWER = /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nnews$/s;

/** Connections that are being made at a time: more would overflow the server's backlog. */
const AT_A_TIME = 100;
const REPORT_EVERY = 50;

let answered = 0;
let failed = 0;

function poll(port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  let text = "";
  let isAnswered = false;
  socket.setEncoding("latin1").on("data", (data) => {
    text += data;
    if (isAnswered || !ANSWER.test(text)) return;
    isAnswered = true;
    answered += 1;
    socket.destroy();
  });
  return new Promise((resolve) => {
    socket.once("connect", () => {
      socket.write(REQUEST);
      resolve();
    });
    socket.once("error", () => socket.destroy());
    socket.once("close", () => {
      if (!isAnswered) failed += 1;
      resolve();
    });
  });
}

process.on("message", async ({ port, count }: ToPollers) => {
  for (let begun = 0; begun < count; begun += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, () => poll(port)));
  }
});
process.once("disconnect", () => process.exit(0));
setInterval(() => {
  const message: FromPollers = { answered, failed };
  process.send?.(message);
}, REPORT_EVERY);
