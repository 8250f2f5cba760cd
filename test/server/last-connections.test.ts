/** A listening socket closes without the loss of anybody whom the kernel has let in. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type ListenOptions, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { addressFrom } from "../../src/server/addresses.ts";
import { LastConnections } from "../../src/server/last-connections.ts";

const directory = mkdtempSync(join(tmpdir(), "portico-last-"));
after(() => rmSync(directory, { recursive: true }));

const CLIENTS = 50;

class Listening {
  readonly server: Server;
  readonly last: LastConnections;
  /** How many there was something to do for. */
  taken = 0;

  static async at(address: ListenOptions) {
    const listening = new Listening();
    await new Promise<void>((resolve) => listening.server.listen(address, resolve));
    return listening;
  }

  private constructor() {
    this.server = createServer((socket) => {
      if (this.last.takes(socket)) return;
      this.taken += 1;
      socket.end("taken");
    });
    this.last = new LastConnections(this.server);
  }

  close(): Promise<void> {
    return this.last.close(addressFrom(this.server.address()));
  }

  get #port(): number | undefined {
    const address = this.server.address();
    return typeof address === "string" ? undefined : address?.port;
  }

  /** Waits, with the whole process, until the kernel has let so many in. */
  holdStillUntilQueued(clients: number): void {
    const port = this.#port;
    const deadline = performance.now() + 10_000;
    // A Unix socket has them in its queue when connect(2) returns.
    while (port !== undefined && queueLength(port) < clients) {
      if (performance.now() > deadline) throw new Error(`${queueLength(port)} are queued`);
    }
  }

  /** What a client is told; rejects if it is refused or reset. */
  ask(host: string): Promise<string> {
    const address = this.server.address();
    const socket =
      typeof address === "string"
        ? connect(address)
        : connect({ host, port: (address as AddressInfo).port });
    return new Promise((resolve, reject) => {
      let text = "";
      socket.setEncoding("latin1").on("data", (data) => {
        text += data;
      });
      socket.once("error", reject).once("end", () => resolve(text));
    });
  }
}

/** Of the connections that a listening socket has not accepted, as the kernel counts them. */
function queueLength(port: number): number {
  const text = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFileSync(path, "latin1"));
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  // Local address, peer, state (0A: LISTEN), and in place of unread bytes the connections.
  const line = new RegExp(`:${hex} \\S+ 0A \\w+:(\\w+) `).exec(text.join(""));
  return Number.parseInt(line?.[1] ?? "0", 16);
}

/** Name, where it listens, where its clients find it. */
const ADDRESSES = [
  ["an IPv4 address", { host: "127.0.0.1", port: 0 }, "127.0.0.1"],
  ["all IPv4 addresses", { host: "0.0.0.0", port: 0 }, "127.0.0.1"],
  ["an IPv6 address", { host: "::1", port: 0 }, "::1"],
  ["all addresses", { host: "::", port: 0 }, "127.0.0.1"],
  ["a Unix socket", { path: join(directory, "last.sock") }, ""],
] as const;

for (const [name, address, host] of ADDRESSES) {
  describe(`at ${name}`, () => {
    test("those are taken whom the kernel has let in, and the next one is refused", async () => {
      const listening = await Listening.at(address);
      const again = listening.server.address();
      const asked = Array.from({ length: CLIENTS }, () => listening.ask(host));
      // They connect at the end of this turn, in which the server looks at nobody.
      const closed = new Promise((resolve) => {
        process.nextTick(() => {
          listening.holdStillUntilQueued(CLIENTS);
          resolve(listening.close());
        });
      });
      assert.deepEqual(new Set(await Promise.all(asked)), new Set(["taken"]));
      await closed;
      assert.equal(listening.taken, CLIENTS);
      const late =
        typeof again === "string"
          ? connect(again)
          : connect({ host, port: (again as AddressInfo).port });
      const code = await new Promise((resolve) => {
        late.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      assert.equal(code, typeof again === "string" ? "ENOENT" : "ECONNREFUSED");
    });

    test("nobody is seen where nobody has come", async () => {
      const listening = await Listening.at(address);
      await Promise.all([listening.close(), listening.close()]);
      assert.equal(listening.taken, 0);
      assert.equal(listening.server.listening, false);
    });

    test("a close in progress can be cut short", async () => {
      const listening = await Listening.at(address);
      const closed = listening.close();
      listening.last.closeAtOnce();
      assert.equal(listening.server.listening, false);
      await closed;
    });
  });
}

test("a Unix socket's file that somebody has removed is nobody's fault", async () => {
  const path = join(directory, "removed.sock");
  const listening = await Listening.at({ path });
  rmSync(path);
  await listening.close();
  assert.equal(existsSync(path), false);
});
