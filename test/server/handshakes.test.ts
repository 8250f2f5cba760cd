/** How many handshakes may be under way, and what is known of a client that reads slowly over TLS. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after, before, describe, mock, test } from "node:test";
import { unsentBytes } from "../../src/frontends/http1/unsent-bytes.ts";
import { Handshakes } from "../../src/server/handshakes.ts";
import { Certificate, lacksOpenssl, TlsConnection } from "../support/certificates.ts";
import { until } from "../support/until.ts";

/** Enough for the client's system to ask for more. */
const SOME = 4 * 1024 ** 2;

const LARGE = Buffer.alloc(16 * 1024 ** 2, "0123456789abcdef");

describe("handshakes", { skip: lacksOpenssl }, () => {
  let certificate: Certificate;
  let server: Server;
  let port: number;
  let handshakes: Handshakes;
  let accepted: (socket: Socket) => void = () => {};

  before(async () => {
    certificate = new Certificate();
    const { cert, key } = certificate;
    handshakes = new Handshakes({ cert, key }, (socket) => accepted(socket));
    server = createServer({ allowHalfOpen: true }, (socket) => handshakes.begin(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    port = address.port;
  });

  after(() => {
    handshakes.end();
    server.close();
    certificate[Symbol.dispose]();
  });

  test("are so many at a time, and the oldest makes room for one more", async () => {
    const oldest = connect(port, "127.0.0.1");
    await once(oldest, "connect");
    const others: Socket[] = [];
    let isEnded = false;
    oldest.once("close", () => {
      isEnded = true;
    });
    oldest.on("error", () => {}).resume();
    for (let count = 0; count < 1_024; count += 1) {
      assert.equal(isEnded, false, `after ${count} more`);
      const other = connect(port, "127.0.0.1");
      other.on("error", () => {});
      others.push(other);
      await once(other, "connect");
    }
    await until("the oldest has ended", () => isEnded);
    for (const other of others) other.destroy();
  });

  test("end when they have taken ten seconds", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const accepted = once(server, "connection");
      const client = connect(port, "127.0.0.1");
      client.on("error", () => {}).resume();
      const [served] = await accepted;
      const closed = once(served, "close");
      mock.timers.tick(9_999);
      assert.equal(served.destroyed, false);
      mock.timers.tick(1);
      await closed;
      client.destroy();
    } finally {
      mock.timers.reset();
    }
  });

  test("that are done show what their client has taken, however slowly", async () => {
    const socket = new Promise<Socket>((resolve) => {
      accepted = resolve;
    });
    using client = await TlsConnection.openTls(port, certificate.cert);
    const served = await socket;
    served.on("error", () => {});
    served.write(LARGE);
    let unsent = 0;
    await until("the system takes no more", () => {
      const earlier = unsent;
      unsent = unsentBytes(served);
      return unsent === earlier;
    });
    assert.ok(unsent > 0);
    await client.take(SOME);
    await until("what was taken shows", () => unsentBytes(served) < unsent);
    await client.take(LARGE.length - SOME);
    await until("all was taken", () => unsentBytes(served) === 0);
    served.destroy();
  });
});
