/** `--certfile` and its companions: an application over TLS, and the renewal of what it shows. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { connected as tcpConnected } from "../../src/client/client-connection.ts";
import { Certificate, lacksOpenssl, PASSWORD, TlsConnection } from "../support/certificates.ts";
import { ANYWHERE, CONF, configuredSite } from "../support/configured-site.ts";
import { passing } from "../support/pass-sockets.ts";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";

/** How it was asked, whose certificate was shown, and which process is asked. */
const PY = `
import os
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    names = ("wsgi.url_scheme", "HTTPS", "SSL_CLIENT_VERIFY", "SSL_CLIENT_S_DN_CN")
    return [" ".join([*(environ.get(name, "-") for name in names), str(os.getpid())]).encode("latin-1")]
`;
const MJS = `
export default (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const names = ["wsgi.url_scheme", "HTTPS", "SSL_CLIENT_VERIFY", "SSL_CLIENT_S_DN_CN"];
  const told = [...names.map((name) => environ[name] ?? "-"), process.pid].join(" ");
  return [Buffer.from(told, "latin1")];
};
`;
const TARGETS = [
  ["a Python application", "tls_app:app"],
  ["a TypeScript application", "./tls_app.mjs"],
] as const;

const GOES_ON = String.raw`\[ERROR\] TLS goes on with the files as they were read before: `;

describe("--certfile", { skip: lacksOpenssl }, () => {
  const here = mkdtempSync(join(tmpdir(), "portico-run-tls-"));
  let one: Certificate;
  let two: Certificate;
  let client: Certificate;

  before(() => {
    one = new Certificate({ subject: "/CN=one" });
    two = new Certificate({ subject: "/CN=two" });
    client = new Certificate({ subject: "/CN=Jürg", issuer: one });
  });

  after(() => {
    rmSync(here, { recursive: true });
    for (const each of [one, two, client]) each[Symbol.dispose]();
  });

  /** A directory with the applications, and `cert.pem` and `key.pem` of the first certificate. */
  function site(files: Readonly<Record<string, string>> = {}): string {
    const cwd = configuredSite(here, { "tls_app.py": PY, "tls_app.mjs": MJS, ...files });
    putInto(cwd, one);
    return cwd;
  }

  function putInto(cwd: string, { certFile, keyFile }: Certificate): void {
    copyFileSync(certFile, join(cwd, "cert.pem"));
    copyFileSync(keyFile, join(cwd, "key.pem"));
  }

  const FILES = ["--certfile", "cert.pem", "--keyfile", "key.pem"];

  function connected(run: PorticoRun, options: ConnectionOptions = {}): Promise<TlsConnection> {
    return TlsConnection.openTls(Number(new URL(run.url).port), one.cert, options);
  }

  async function told(connection: TlsConnection): Promise<readonly string[]> {
    connection.request("GET", "/");
    return (await connection.answer()).body.toString("utf8").split(" ");
  }

  for (const [name, target] of TARGETS) {
    test(`${name} is served over TLS at each address, and no process is told the key in the open`, async () => {
      const cwd = site();
      const path = join(cwd, "a socket");
      const args = [...ANYWHERE, "-b", `unix:${path}`, ...FILES, target];
      await using run = await PorticoRun.serving({ args, cwd });
      assert.match(
        run.stderr.text,
        /Listening at: https:\/\/127\.0\.0\.1:\d+, unix:\S+ socket \(TLS\) \(/,
      );
      for (const address of [Number(new URL(run.url).port), path]) {
        using connection = await TlsConnection.openTls(address, one.cert);
        assert.deepEqual((await told(connection)).slice(0, 4), ["https", "on", "NONE", "-"]);
      }
      const [, secret = ""] = one.key.split("\n");
      for (const pid of [run.pid, ...run.descendants]) {
        const open = ["environ", "cmdline"].map((file) => readFileSync(`/proc/${pid}/${file}`));
        assert.ok(open.every((bytes) => bytes.length > 0 && !bytes.includes(secret)));
      }
    });

    test(`${name} is told of a client's certificate`, async () => {
      const args = [...ANYWHERE, ...FILES, "--ca-certs", one.certFile, "--cert-reqs", "2", target];
      await using run = await PorticoRun.serving({ args, cwd: site() });
      const { cert, key } = client;
      using connection = await connected(run, { cert, key });
      assert.deepEqual((await told(connection)).slice(0, 4), ["https", "on", "SUCCESS", "Jürg"]);
    });

    test(`HUP reads the certificate of ${name} anew, and one that cannot be used changes nothing`, async () => {
      const cwd = site();
      const args = [...ANYWHERE, ...FILES, target];
      await using run = await PorticoRun.serving({ args, cwd });
      let reloads = 0;
      const hup = async (line: RegExp): Promise<void> => {
        run.kill("SIGHUP");
        reloads += 1;
        await run.stderr.said(new RegExp(`(?:Reloaded: [^]*){${reloads}}`));
        assert.match(run.stderr.text, line);
      };
      // Of the second all but the key, as in the middle of a renewal.
      copyFileSync(two.certFile, join(cwd, "cert.pem"));
      await hup(new RegExp(`${GOES_ON}--keyfile key\\.pem does not belong to `));
      using before = await connected(run);
      putInto(cwd, two);
      await hup(/\[INFO\] --certfile cert\.pem has been read anew$/m);
      await assert.rejects(connected(run));
      using after = await TlsConnection.openTls(Number(new URL(run.url).port), two.cert);
      assert.equal((await told(after))[0], "https");
      // That of a TypeScript application has ended with its worker.
      if (target === "tls_app:app") assert.equal((await told(before))[0], "https");
      writeFileSync(join(cwd, "cert.pem"), "none");
      await hup(new RegExp(`${GOES_ON}--certfile cert\\.pem holds no certificate `));
      using last = await TlsConnection.openTls(Number(new URL(run.url).port), two.cert);
      assert.equal((await told(last))[0], "https");
    });
  }

  test("serves sockets that were passed, in place of --bind", async () => {
    const args = ["-b", "203.0.113.1:1", ...FILES, "./tls_app.mjs"];
    await using run = await PorticoRun.serving({ args, cwd: site(), through: passing("0") });
    using connection = await connected(run);
    assert.equal((await told(connection))[0], "https");
  });

  test("has each server worker resume the sessions of all", async () => {
    const args = [...ANYWHERE, ...FILES, "-w", "2", "./tls_app.mjs"];
    await using run = await PorticoRun.serving({ args, cwd: site() });
    const connections = [await connected(run)];
    try {
      const [first] = connections;
      const pids = new Set(first && [(await told(first)).at(-1)]);
      const session = first?.tls.getSession();
      // They stay open, so that the other worker's turn comes.
      while (pids.size < 2 && connections.length < 64) {
        const next = await connected(run, { session });
        connections.push(next);
        assert.equal(next.tls.isSessionReused(), true);
        pids.add((await told(next)).at(-1));
      }
      assert.equal(pids.size, 2);
    } finally {
      for (const connection of connections) connection[Symbol.dispose]();
    }
  });

  test("shows the page of --reload over TLS too", async () => {
    const cwd = site({ "broken.py": "import nothing_that_there_is\n" });
    const args = ["--reload", ...ANYWHERE, ...FILES, "broken:app"];
    await using run = await PorticoRun.serving({ args, cwd });
    using connection = await connected(run);
    connection.request("GET", "/");
    const { status, body } = await connection.answer();
    assert.equal(status, 500);
    assert.match(body.toString(), /nothing_that_there_is/);
  });

  test("leaves no handshake behind that began while --reload had that page", async () => {
    const cwd = site({ "mended.py": "import nothing_that_there_is\n" });
    const args = ["--reload", ...ANYWHERE, ...FILES, "mended:app"];
    await using run = await PorticoRun.serving({ args, cwd });
    const { port } = new URL(run.url);
    const below = await tcpConnected(Number(port));
    // Who comes behind it is answered: so it has come to the same process.
    using connection = await connected(run);
    connection.request("GET", "/");
    assert.equal((await connection.answer()).status, 500);
    writeFileSync(join(cwd, "mended.py"), PY);
    await run.stderr.line(/Serving mended:app/);
    using late = await TlsConnection.over(below, one.cert);
    late.request("GET", "/");
    assert.equal((await late.answer()).status, 503);
  });

  test("stands in gunicorn.conf.py with its companions", async () => {
    const text = [
      ...["import ssl", 'certfile = "cert.pem"', 'keyfile = "key.pem"', "ciphers = None"],
      ...[`ca_certs = "${one.certFile}"`, "cert_reqs = ssl.CERT_REQUIRED"],
      ...["ssl_version = ssl.PROTOCOL_TLS", "do_handshake_on_connect = True"],
    ];
    const args = [...ANYWHERE, "tls_app:app"];
    const cwd = site({ [CONF]: `${text.join("\n")}\n` });
    await using run = await PorticoRun.serving({ args, cwd });
    assert.match(run.stderr.text, /ssl_version has no effect: TLS 1\.2 and 1\.3 are spoken/);
    const { cert, key } = client;
    using connection = await connected(run, { cert, key });
    assert.deepEqual((await told(connection)).slice(2, 4), ["SUCCESS", "Jürg"]);
  });

  test("takes a key with a password", async () => {
    const cwd = site({ password: `${PASSWORD}\n` });
    const files = ["--keyfile", one.encryptedKeyFile(), "--tls-password-file", "password"];
    const args = ["--check-config", "--certfile", "cert.pem", ...files, "tls_app:app"];
    const { code, stderr } = await runToEnd({ args, cwd });
    assert.equal(code, 0, stderr);
  });

  test("that will be refused soon is told of in one line, at the start as at --check-config", async () => {
    using soon = new Certificate({ days: 3 });
    const args = [
      ...["--check-config", "--certfile", soon.certFile, "--keyfile", soon.keyFile],
      "./tls_app.mjs",
    ];
    const { code, stderr } = await runToEnd({ args, cwd: site() });
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^\S+ \S+ \S+ \[\d+\] \[WARNING\] --certfile \S+ expires in 2 days \(.*\n$/,
    );
  });

  const MISTAKES: readonly (readonly [args: readonly string[], code: number, line: RegExp])[] = [
    [["--keyfile", "key.pem"], 2, /^portico: --keyfile requires --certfile to be set\n$/],
    [["--cert-reqs", "1"], 2, /^portico: --cert-reqs requires --certfile to be set\n$/],
    [["--certfile", "none.pem"], 1, /^portico: --certfile none\.pem cannot be read: /],
    [["--certfile", "cert.pem"], 1, /^portico: --certfile .* name its file with --keyfile\n$/],
    [[...FILES, "--ciphers", "NOPE"], 2, /^portico: --ciphers NOPE names no cipher that /],
    [[...FILES, "--cert-reqs", "2"], 2, /^portico: --cert-reqs 2 asks .* with --ca-certs\n$/],
    [[...FILES, "--cert-reqs", "3"], 2, /^portico: --cert-reqs: "3" is not 0, 1 or 2\n$/],
    [[...FILES, "--ca-certs", "tls_app.py"], 1, /^portico: --ca-certs .* holds no certificate /],
  ];

  test("and its companions are judged before anything else is done", async () => {
    const cwd = site();
    for (const [args, code, line] of MISTAKES) {
      const end = await runToEnd({ args: ["--check-config", ...args, "./tls_app.mjs"], cwd });
      assert.match(end.stderr, line);
      assert.equal(end.code, code, args.join(" "));
    }
  });
});
