/** HTTPS: what is served over TLS, what is refused, and who has to wait for whom. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { makeServer, type RunningServer } from "../../src/embed/make-server.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { Certificate, lacksOpenssl, PASSWORD, TlsConnection } from "../support/certificates.ts";
import { KeptLog } from "../support/serve-application.ts";

const LARGE = Buffer.alloc(3_000_000, "0123456789abcdef");

/** How the application was asked, its body, or much. */
const application: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  const about = [environ["wsgi.url_scheme"], environ.REMOTE_ADDR, environ.SERVER_NAME].join(" ");
  const type: [string, string] = ["Content-Type", "text/plain"];
  if (environ.PATH_INFO === "/cut") {
    startResponse("200 OK", [type]);
    return failing();
  }
  const answers: Record<string, Buffer> = { "/large": LARGE, "/echo": Buffer.from(body) };
  startResponse("200 OK", [type]);
  return [answers[environ.PATH_INFO] ?? Buffer.from(about)];
};

let arrive: () => void = () => {};
const arrived = new Promise<void>((resolve) => {
  arrive = resolve;
});

/** Fails when its first part has arrived. */
async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from("a part");
  await arrived;
  throw new Error("the rest is lost");
}

describe("a server with tls", { skip: lacksOpenssl }, () => {
  let certificate: Certificate;
  let server: RunningServer;
  const log = new KeptLog();
  const open = (): Promise<TlsConnection> => TlsConnection.openTls(server.port, certificate.cert);

  before(async () => {
    certificate = new Certificate();
    const { cert, key } = certificate;
    server = await makeServer("127.0.0.1", 0, application, { tls: { cert, key }, log: log.logger });
    server.start();
  });

  after(async () => {
    await server.close(0);
    certificate[Symbol.dispose]();
  });

  test("says https in its URL and in every environ", async () => {
    assert.match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    using client = await open();
    client.request("GET", "/");
    assert.equal((await client.answer()).body.toString(), "https 127.0.0.1 127.0.0.1");
  });

  test("keeps connections, and answers what is pipelined in order", async () => {
    using client = await open();
    for (const body of ["one", "two", "three"]) client.request("POST", "/echo", { body });
    for (const body of ["one", "two", "three"]) {
      assert.equal((await client.answer()).body.toString(), body);
    }
  });

  test("takes and gives large bodies whole", async () => {
    using client = await open();
    client.request("POST", "/echo", { body: LARGE });
    assert.ok((await client.answer()).body.equals(LARGE));
    client.request("GET", "/large");
    assert.ok((await client.answer()).body.equals(LARGE));
  });

  test("agrees on http/1.1, and on no version before TLS 1.2", async () => {
    using client = await TlsConnection.openTls(server.port, certificate.cert, {
      ALPNProtocols: ["h2", "http/1.1"],
      maxVersion: "TLSv1.2",
    });
    assert.equal(client.tls.alpnProtocol, "http/1.1");
    assert.equal(client.tls.getProtocol(), "TLSv1.2");
    const old = TlsConnection.openTls(server.port, certificate.cert, {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    await assert.rejects(old);
  });

  test("answers plain HTTP with 400 and the remedy, and ends the connection", async () => {
    const answer = await ask(server.port, "GET", "/");
    assert.equal(answer.status, 400);
    assert.match(answer.body.toString(), /speaks HTTPS; write https:\/\//);
    using client = await ClientConnection.open(server.port);
    client.send("no TLS at all");
    assert.match((await client.rest()).bytes.toString(), /^HTTP\/1\.1 400 /);
  });

  test("goes on when handshakes are broken off, garbled or never begun", async () => {
    const silent = connect(server.port, "127.0.0.1");
    await once(silent, "connect");
    const garbled = connect(server.port, "127.0.0.1");
    garbled.on("error", () => {});
    garbled.write(Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]));
    garbled.resume();
    await once(garbled, "close");
    const half = await halfAHandshake(server.port);
    half.destroy();
    using client = await open();
    client.request("GET", "/");
    assert.equal((await client.answer()).status, 200);
    silent.destroy();
  });

  test("cuts an answer off so that its client cannot take it for whole", async () => {
    using client = await open();
    client.request("GET", "/cut", { version: "HTTP/1.0" });
    await client.head();
    assert.equal((await client.take(6)).toString(), "a part");
    arrive();
    assert.deepEqual(await client.rest(), { bytes: Buffer.alloc(0), ended: "reset" });
    assert.match(log.text, /the rest is lost/);
  });

  test("lets an answer that a client reads late go out before it closes", async () => {
    const { cert, key } = certificate;
    await using closing = await makeServer("127.0.0.1", 0, application, { tls: { cert, key } });
    closing.start();
    using client = await TlsConnection.openTls(closing.port, cert);
    client.request("GET", "/large");
    await client.head();
    const closed = closing.close();
    let size = 0;
    for (let ended = ""; ended === ""; ) {
      const rest = await client.rest();
      size += rest.bytes.length;
      ended = rest.ended;
    }
    await closed;
    assert.ok(size >= LARGE.length);
  });

  test("gives the connection to an application that takes it over", async () => {
    const { cert, key } = certificate;
    const echoing: Application = (environ, startResponse) => {
      const connection = environ["portico.upgrade"]?.([["Upgrade", "echo"]]);
      connection?.pipe(connection);
      startResponse("101 Switching Protocols", []);
      return [];
    };
    await using other = await makeServer("127.0.0.1", 0, echoing, { tls: { cert, key } });
    other.start();
    using client = await TlsConnection.openTls(other.port, cert);
    const fields = [
      ["Connection", "upgrade"],
      ["Upgrade", "echo"],
    ] as const;
    client.request("GET", "/", { fields });
    assert.equal((await client.head()).status, 101);
    client.send(LARGE);
    assert.ok((await client.take(LARGE.length)).equals(LARGE));
  });

  test("answers 408 to a head that does not go on", async () => {
    const { cert, key } = certificate;
    const options = { tls: { cert, key }, timeouts: { head: 100 }, log: log.logger };
    await using other = await makeServer("127.0.0.1", 0, application, options);
    other.start();
    using client = await TlsConnection.openTls(other.port, cert);
    client.send("GET / HTTP/1.1\r\nHost:");
    assert.equal((await client.answer()).status, 408);
    assert.equal((await client.rest()).ended, "closed");
  });

  test("waits for no client that has not begun its handshake when it closes", async () => {
    const { cert, key } = certificate;
    const closing = await makeServer("127.0.0.1", 0, application, { tls: { cert, key } });
    closing.start();
    const silent = connect(closing.port, "127.0.0.1");
    await once(silent, "connect");
    silent.on("error", () => {});
    silent.resume();
    await Promise.all([closing.close(), once(silent, "close")]);
  });

  test("finds its key in the text of its certificate", async () => {
    const tls = { cert: `${certificate.key}${certificate.cert}` };
    await using other = await makeServer("127.0.0.1", 0, application, { tls });
    other.start();
    using client = await TlsConnection.openTls(other.port, certificate.cert);
    client.request("GET", "/");
    assert.equal((await client.answer()).status, 200);
  });

  test("opens an encrypted key with its passphrase", async () => {
    const key = readFileSync(certificate.encryptedKeyFile(), "utf8");
    const tls = { cert: certificate.cert, key, passphrase: PASSWORD };
    await using other = await makeServer("127.0.0.1", 0, application, { tls });
    other.start();
    using client = await TlsConnection.openTls(other.port, certificate.cert);
    client.request("GET", "/");
    assert.equal((await client.answer()).status, 200);
  });
});

/** The beginning of a ClientHello. */
async function halfAHandshake(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {});
  socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]));
  return socket;
}
