/** Clients that show certificates: who is served, and what an application is told of them. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { makeServer, type RunningServer } from "../../src/embed/make-server.ts";
import { lint } from "../../src/middleware/lint.ts";
import type { ListenerTls } from "../../src/server/tls-options.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { Certificate, lacksOpenssl, TlsConnection } from "../support/certificates.ts";

const findings: Finding[] = [];

/** What it is told of TLS, by name. */
const told: Application = (environ, startResponse) => {
  const names = Object.keys(environ).filter((name) => /SSL_|^HTTPS$/.test(name));
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  // Native strings, of which each character is a byte of UTF-8.
  return [
    Buffer.from(JSON.stringify(names.map((name) => [name, environ[name as "HTTPS"]])), "latin1"),
  ];
};
const application = lint(told, { onFinding: (finding) => findings.push(finding) });

type Told = Readonly<Record<string, string>>;

describe("certificates of clients", { skip: lacksOpenssl }, () => {
  let server: Certificate;
  let authority: Certificate;
  let client: Certificate;
  let stranger: Certificate;

  before(() => {
    server = new Certificate();
    authority = new Certificate({ subject: "/O=Söhne/CN=An authority" });
    client = new Certificate({ subject: "/O=A, B/CN=Jürg", issuer: authority });
    stranger = new Certificate({ subject: "/CN=Jürg" });
  });

  after(() => {
    for (const each of [server, authority, client, stranger]) each[Symbol.dispose]();
  });

  async function serving(options: Partial<ListenerTls>): Promise<RunningServer> {
    const { cert, key } = server;
    const tls = { cert, key, ca: authority.cert, ...options };
    const opened = await makeServer("127.0.0.1", 0, application, { tls });
    opened.start();
    return opened;
  }

  /** What a new connection's request is told; undefined where the client is not served. */
  async function asked(
    { port }: RunningServer,
    options: ConnectionOptions = {},
    fields: readonly (readonly [string, string])[] = [],
  ): Promise<Told | undefined> {
    try {
      using connection = await TlsConnection.openTls(port, server.cert, options);
      connection.request("GET", "/", { fields });
      const { body } = await connection.answer();
      return Object.fromEntries(JSON.parse(body.toString("utf8")));
    } catch {
      // Whether the handshake fails or what comes behind it is the version's affair.
      return undefined;
    }
  }

  const shown = ({ cert, key }: Certificate): ConnectionOptions => ({ cert, key });

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`are required, and those of the authority alone count (${maxVersion})`, async () => {
      await using opened = await serving({ clientCertificates: "required" });
      assert.equal(await asked(opened, { maxVersion }), undefined);
      assert.equal(await asked(opened, { maxVersion, ...shown(stranger) }), undefined);
      const found = await asked(opened, { maxVersion, ...shown(client) });
      assert.equal(found?.SSL_CLIENT_VERIFY, "SUCCESS");
      assert.equal(found.SSL_PROTOCOL, maxVersion);
    });

    test(`may be left out where they are optional, but not be another's (${maxVersion})`, async () => {
      await using opened = await serving({ clientCertificates: "optional" });
      assert.equal((await asked(opened, { maxVersion }))?.SSL_CLIENT_VERIFY, "NONE");
      assert.equal(await asked(opened, { maxVersion, ...shown(stranger) }), undefined);
      const found = await asked(opened, { maxVersion, ...shown(client) });
      assert.equal(found?.SSL_CLIENT_VERIFY, "SUCCESS");
    });

    test(`are told of where a session is resumed, also by another server (${maxVersion})`, async () => {
      const ticketKeys = Buffer.alloc(48, "ticket").toString("base64");
      await using one = await serving({ clientCertificates: "required", ticketKeys });
      await using other = await serving({ clientCertificates: "required", ticketKeys });
      await using stranger = await serving({ clientCertificates: "required" });
      const session = await sessionWith(one, { maxVersion, ...shown(client) });
      for (const opened of [one, other]) {
        using resumed = await TlsConnection.openTls(opened.port, server.cert, {
          maxVersion,
          session,
        });
        assert.equal(resumed.tls.isSessionReused(), true);
        resumed.request("GET", "/");
        const found = Object.fromEntries(JSON.parse((await resumed.answer()).body.toString()));
        assert.equal(found.SSL_CLIENT_S_DN_CN, "Jürg");
      }
      // Without a certificate nothing can be made anew.
      assert.equal(await asked(stranger, { maxVersion, session }), undefined);
    });
  }

  test("are nothing that anybody is told of who was not asked", async () => {
    await using opened = await serving({});
    const found = await asked(opened, shown(client));
    assert.deepEqual(Object.keys(found ?? {}).sort(), [
      ...["HTTPS", "SSL_CIPHER", "SSL_CLIENT_VERIFY", "SSL_PROTOCOL"],
    ]);
    assert.deepEqual([found?.HTTPS, found?.SSL_CLIENT_VERIFY], ["on", "NONE"]);
  });

  test("are told of in mod_ssl's words, and never by a field", async () => {
    await using opened = await serving({ clientCertificates: "optional" });
    const fields = [
      ["SSL-Client-Verify", "SUCCESS"],
      ["SSL_CLIENT_S_DN", "CN=root"],
      ["Https", "on"],
    ] as const;
    const posing = await asked(opened, {}, fields);
    assert.equal(posing?.SSL_CLIENT_VERIFY, "NONE");
    assert.equal(posing.SSL_CLIENT_S_DN, undefined);
    assert.equal(posing.HTTP_SSL_CLIENT_VERIFY, "SUCCESS");
    const {
      SSL_CIPHER: cipher,
      SSL_CLIENT_M_SERIAL: serial,
      ...found
    } = (await asked(opened, shown(client))) ?? {};
    assert.match(cipher ?? "", /^TLS_/);
    assert.match(serial ?? "", /^[0-9A-F]{16,}$/);
    const { SSL_CLIENT_V_START: start = "", SSL_CLIENT_V_END: end = "", ...others } = found;
    assert.equal(Date.parse(end) - Date.parse(start), 30 * 86_400_000);
    assert.deepEqual(others, {
      HTTPS: "on",
      SSL_PROTOCOL: "TLSv1.3",
      SSL_CLIENT_VERIFY: "SUCCESS",
      SSL_CLIENT_S_DN: "CN=Jürg,O=A\\, B",
      SSL_CLIENT_S_DN_CN: "Jürg",
      SSL_CLIENT_I_DN: "CN=An authority,O=Söhne",
      SSL_CLIENT_CERT: client.cert,
    });
  });

  test("break no rule that lint knows", () => assert.deepEqual(findings, []));

  /** Of a connection that has had an answer, before which tickets come. */
  async function sessionWith({ port }: RunningServer, options: ConnectionOptions): Promise<Buffer> {
    using connection = await TlsConnection.openTls(port, server.cert, options);
    connection.request("GET", "/");
    await connection.answer();
    return connection.tls.getSession() ?? Buffer.alloc(0);
  }
});
