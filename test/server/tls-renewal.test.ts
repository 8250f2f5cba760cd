/** Another certificate for a server that runs, and what its clients may not ask for. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type MakeServerOptions, makeServer, RunningServer } from "../../src/embed/make-server.ts";
import { TlsError } from "../../src/server/tls-credentials.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { Certificate, lacksOpenssl, TlsConnection } from "../support/certificates.ts";

const application: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(`${environ["wsgi.url_scheme"]} ${environ.SERVER_PORT}`)];
};

describe("a server with tls", { skip: lacksOpenssl }, () => {
  let first: Certificate;
  let second: Certificate;

  before(() => {
    first = new Certificate({ subject: "/CN=first" });
    second = new Certificate({ subject: "/CN=second" });
  });

  after(() => {
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });

  function optionsOf({ cert, key }: Certificate): MakeServerOptions {
    return { tls: { cert, key } };
  }

  async function serving(): Promise<RunningServer> {
    const server = await makeServer("127.0.0.1", 0, application, optionsOf(first));
    server.start();
    return server;
  }

  function connected({ port }: RunningServer, to: Certificate): Promise<TlsConnection> {
    return TlsConnection.openTls(port, to.cert);
  }

  async function answersTo(client: TlsConnection): Promise<number> {
    client.request("GET", "/");
    return (await client.answer()).status;
  }

  test("shows another certificate from its renewal on, and keeps the connections it has", async () => {
    await using server = await serving();
    using before = await connected(server, first);
    await server.renewTls({ cert: second.cert, key: second.key });
    using after = await connected(server, second);
    await assert.rejects(connected(server, first));
    assert.deepEqual([await answersTo(before), await answersTo(after)], [200, 200]);
  });

  test("keeps what it has where its renewal cannot be served", async () => {
    await using server = await serving();
    await assert.rejects(server.renewTls({ cert: second.cert, key: first.key }), TlsError);
    using client = await connected(server, first);
    assert.equal(await answersTo(client), 200);
  });

  test("resumes no session from before its renewal", async () => {
    await using server = await serving();
    using before = await connected(server, first);
    await answersTo(before);
    const session = before.tls.getSession();
    await server.renewTls({ cert: second.cert, key: second.key });
    using after = await TlsConnection.openTls(server.port, second.cert, { session });
    assert.equal(after.tls.isSessionReused(), false);
  });

  test("does not renegotiate", async () => {
    await using server = await serving();
    using client = await TlsConnection.openTls(server.port, first.cert, { maxVersion: "TLSv1.2" });
    const failed = once(client.tls, "error");
    client.tls.renegotiate({}, () => {});
    const [error] = await failed;
    assert.match(String(error), /no renegotiation/i);
  });

  test("keeps TLS 1.3 beside ciphers of 1.2, and agrees on no others of these", async () => {
    const { cert, key } = first;
    const tls = { cert, key, ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" };
    await using server = await makeServer("127.0.0.1", 0, application, { tls });
    server.start();
    const agreed = async (maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<string> => {
      using client = await TlsConnection.openTls(server.port, cert, { maxVersion });
      return client.tls.getCipher().name;
    };
    assert.equal(await agreed("TLSv1.2"), tls.ciphers);
    assert.match(await agreed("TLSv1.3"), /^TLS_/);
    const ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
    const other = { maxVersion: "TLSv1.2", ciphers } as const;
    await assert.rejects(TlsConnection.openTls(server.port, cert, other));
  });

  test("speaks it on Unix sockets too, and says so", async () => {
    const path = join(first.directory, "socket");
    const options = optionsOf(first);
    await using server = await RunningServer.open(application, [{ kind: "unix", path }], options);
    server.start();
    assert.equal(server.url, `unix:${path} (TLS)`);
    using client = await TlsConnection.openTls(path, first.cert);
    client.request("GET", "/");
    assert.equal((await client.answer()).body.toString(), "https 443");
  });
});
