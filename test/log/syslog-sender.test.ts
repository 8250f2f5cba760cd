import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket as StreamSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { SyslogSender } from "../../src/log/syslog-sender.ts";
import { Datagrams } from "../support/datagrams.ts";
import { RecordedLines } from "../support/recorded-log.ts";

const here = mkdtempSync(join(tmpdir(), "portico-syslog-"));
// A sender keeps no process alive.
const alive = setInterval(() => {}, 1_000);
after(() => {
  clearInterval(alive);
  rmSync(here, { recursive: true });
});

/** A server of streams, what comes kept as it comes. */
class Streams implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<StreamSocket>();
  readonly received: RecordedLines = new RecordedLines();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.setEncoding("utf8").on("data", (text: string) => this.received.add(text));
      socket.on("error", () => socket.destroy());
    });
  }

  static async listening(path: string): Promise<Streams> {
    const streams = new Streams();
    streams.#server.listen(path);
    await once(streams.#server, "listening");
    return streams;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

test("over UDP each message is a datagram, those from before the way was open too", async () => {
  await using server = await Datagrams.listening();
  const sender = new SyslogSender({ kind: "udp", host: "localhost", port: server.port }, fail);
  sender.write("first\nof two lines");
  await sender.open();
  sender.write("sécond");
  await server.line(/sécond/);
  assert.deepEqual(server.lines, ["first\nof two lines", "sécond"]);
  sender.close();
});

test("over a stream each message has its length before it", async () => {
  await using server = await Streams.listening(join(here, "a.sock"));
  const sender = new SyslogSender({ kind: "unix", path: join(here, "a.sock") }, fail);
  await sender.open();
  sender.write("a\nb");
  sender.write("é");
  await server.received.said(/2 é/);
  assert.equal(server.received.lines.join(""), "3 a\nb2 é");
  sender.close();
});

test("a server that goes away and comes again gets what waited, and the loss is told once", async () => {
  const path = join(here, "b.sock");
  const told = new RecordedLines();
  const sender = new SyslogSender({ kind: "unix", path }, ({ message }) => told.add(message));
  {
    await using server = await Streams.listening(path);
    await sender.open();
    sender.write("one");
    await server.received.said(/one/);
  }
  await told.line(/closed/);
  sender.write("two");
  await using server = await Streams.listening(path);
  await server.received.said(/3 two/);
  assert.equal(told.lines.length, 1);
  sender.close();
});

test("a server that is not there rejects the first try, and is found by a later one", async () => {
  const path = join(here, "c.sock");
  const sender = new SyslogSender({ kind: "unix", path }, () => {});
  await assert.rejects(sender.open(), /ENOENT/);
  sender.write("late");
  await using server = await Streams.listening(path);
  await server.received.said(/4 late/);
  sender.close();
});

test("what waits has a limit", async () => {
  const told: string[] = [];
  const path = join(here, "nobody.sock");
  const sender = new SyslogSender({ kind: "unix", path }, ({ message }) => told.push(message));
  for (let count = 0; count < 20; count += 1) sender.write("x".repeat(100_000));
  assert.deepEqual(told, ["the server takes no more"]);
  sender.close();
});

function fail(error: Error): void {
  throw error;
}
