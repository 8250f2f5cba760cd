/** `portico http.server` as its users see it: what it prints, what it serves, how it ends. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ask } from "../../../src/client/client-connection.ts";
import { Folder, field } from "../../static/served.ts";
import { Certificate, lacksOpenssl, PASSWORD, TlsConnection } from "../../support/certificates.ts";
import { type RunEnd, runToEnd } from "../../support/portico-run.ts";
import { until } from "../../support/until.ts";
import { serveFolder } from "./servers.ts";

const FILES = { "a.txt": "the file a", "index.html": "<p>index</p>", ".env": "secret", "d/x": "" };

/** The element of a page that loads itself again. */
const LIVE = /<script src="\/_portico\/live\.js" data-version="\w+-0\.0"[^>]*>/;

function end(...args: readonly string[]): Promise<RunEnd> {
  return runToEnd({ args: ["http.server", ...args], cwd: "/", ownPython: true });
}

describe("portico http.server", () => {
  let folder: Folder;

  before(() => {
    folder = new Folder(FILES);
  });

  after(() => folder[Symbol.dispose]());

  test("says where it serves, logs as Python does, and ends with status 0 at Ctrl-C", async () => {
    const { run, port } = await serveFolder(["http.server", "0", "--bind", "127.0.0.1"], {
      cwd: folder.path,
    });
    await using _ = run;
    assert.equal(
      run.stdout.text,
      `Serving HTTP on 127.0.0.1 port ${port} (http://127.0.0.1:${port}/) ...`,
    );
    assert.equal((await ask(port, "GET", "/a.txt?q=1")).body.toString(), "the file a");
    assert.equal((await ask(port, "GET", "/none")).status, 404);
    await run.stderr.line(/"GET \/none HTTP\/1\.1"/);
    const start = String.raw`127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\]`;
    assert.match(
      run.stderr.text,
      new RegExp(
        `^${start} "GET /a\\.txt\\?q=1 HTTP/1\\.1" 200 -\n${start} code 404, message Not Found\n${start} "GET /none HTTP/1\\.1" 404 -$`,
      ),
    );
    run.kill("SIGINT");
    const { code, stdout } = await run.ended;
    assert.equal(code, 0);
    assert.match(stdout, /\n\nKeyboard interrupt received, exiting\.\n$/);
  });

  test("is also called static", async () => {
    const { run, port } = await serveFolder(["static", "0", "-d", folder.path]);
    await using _ = run;
    assert.equal((await ask(port, "GET", "/a.txt")).status, 200);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
  });

  test("hides dotfiles and lists directories, unless it is told otherwise", async () => {
    const plain = await serveFolder(["http.server", "0", "-d", folder.path]);
    await using _ = plain.run;
    assert.equal((await ask(plain.port, "GET", "/.env")).status, 404);
    assert.match((await ask(plain.port, "GET", "/d/")).body.toString(), /<table>/);
    const other = await serveFolder([
      "http.server",
      "0",
      "-d",
      folder.path,
      "--dotfiles",
      "--no-list",
      "--index",
      "a.txt",
    ]);
    await using _other = other.run;
    assert.equal((await ask(other.port, "GET", "/.env")).body.toString(), "secret");
    assert.equal((await ask(other.port, "GET", "/d/")).status, 404);
    assert.equal((await ask(other.port, "GET", "/")).body.toString(), "the file a");
  });

  test("gives pages that read their path themselves, to all origins, with fields of choice", async () => {
    const { run, port } = await serveFolder([
      ...["http.server", "0", "-d", folder.path, "--spa", "--cors", "--cache", "60"],
      ...["-H", "Cross-Origin-Embedder-Policy", "require-corp", "-H", "Cache-Control", "no-store"],
    ]);
    await using _ = run;
    const page = await ask(port, "GET", "/a/route");
    assert.equal(page.body.toString(), "<p>index</p>");
    assert.equal(field(page, "Access-Control-Allow-Origin"), "*");
    assert.equal(field(page, "Cross-Origin-Embedder-Policy"), "require-corp");
    assert.equal(field(page, "Cache-Control"), "no-store");
    const asked = [
      ["Origin", "http://other.example"],
      ["Access-Control-Request-Method", "GET"],
      ["Access-Control-Request-Headers", "x-token"],
    ] as const;
    const preflight = await ask(port, "OPTIONS", "/a.txt", { fields: asked });
    assert.equal(preflight.status, 204);
    assert.equal(field(preflight, "Access-Control-Allow-Headers"), "x-token");
  });

  test("gives such pages the index that there is", async () => {
    using other = new Folder({ "index.htm": "<p>short</p>" });
    const { run, port } = await serveFolder(["static", "0", "-d", other.path, "--spa"]);
    await using _ = run;
    assert.equal((await ask(port, "GET", "/a/route")).body.toString(), "<p>short</p>");
  });

  test("tells browsers for how long they need not ask", async () => {
    const { run, port } = await serveFolder(["static", "0", "-d", folder.path, "--cache", "60"]);
    await using _ = run;
    assert.equal(field(await ask(port, "GET", "/a.txt"), "Cache-Control"), "max-age=60");
  });

  test("with --open, opens the browser at its address", { skip: notLinux() }, async () => {
    const [browser, asked] = ["browser", "asked"].map((name) => join(folder.path, "..", name));
    assert.ok(browser !== undefined && asked !== undefined);
    writeFileSync(
      browser,
      `#!/bin/sh\necho "$1" > "${asked}.part" && mv "${asked}.part" "${asked}"\n`,
    );
    chmodSync(browser, 0o700);
    const env = { BROWSER: browser, DISPLAY: undefined, WAYLAND_DISPLAY: undefined };
    const { run, port } = await serveFolder(
      ["http.server", "0", "-d", folder.path, "-b", "0.0.0.0", "--open"],
      { env },
    );
    await using _ = run;
    await until("the browser is asked", () => existsSync(asked));
    assert.equal(readFileSync(asked, "utf8"), `http://127.0.0.1:${port}\n`);
  });

  test("closes each connection with -p HTTP/1.0", async () => {
    const { run, port } = await serveFolder(["static", "0", "-d", folder.path, "-p", "HTTP/1.0"]);
    await using _ = run;
    assert.equal(field(await ask(port, "GET", "/a.txt"), "Connection"), "close");
  });

  test("with --live, tells pages of a change, and ends all the same", async () => {
    const { run, port } = await serveFolder(["static", "0", "-d", folder.path, "--live"]);
    await using _ = run;
    assert.match((await ask(port, "GET", "/")).body.toString(), LIVE);
    const response = await fetch(`http://127.0.0.1:${port}/_portico/live`);
    const reader = (response.body ?? assert.fail("no body")).getReader();
    await reader.read();
    writeFileSync(join(folder.path, "a.txt"), "changed");
    let text = "";
    while (!/^data: \w+-1\.0$/m.test(text)) {
      const { value = [], done } = await reader.read();
      assert.ok(!done);
      text += Buffer.from(value).toString();
    }
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
  });

  test("with --live, pages of what is not there yet load themselves again, too", async () => {
    using empty = new Folder({});
    const { run, port } = await serveFolder(["static", "0", "-d", empty.path, "--live"]);
    await using _ = run;
    const accept = [["Accept", "text/html"]] as const;
    const listing = await ask(port, "GET", "/", { fields: [...accept] });
    assert.match(listing.body.toString(), LIVE);
    const missing = await ask(port, "GET", "/later.html", { fields: [...accept] });
    assert.equal(missing.status, 404);
    assert.match(missing.body.toString(), LIVE);
    assert.equal((await ask(port, "GET", "/later.js")).body.toString(), "404 Not Found\n");
  });

  test("serves a file as it is now, and with --live lets no browser keep it", async () => {
    using changing = new Folder({ "a.js": "one" });
    const { run, port } = await serveFolder([
      "static",
      "0",
      "-d",
      changing.path,
      "--live",
      "--cache",
      "60",
    ]);
    await using _ = run;
    for (const content of ["one", "two", "three"]) {
      changing.write("a.js", content, new Date());
      const answer = await ask(port, "GET", "/a.js");
      assert.equal(answer.body.toString(), content);
      assert.equal(field(answer, "Cache-Control"), "max-age=0");
    }
  });

  test("takes another port where nobody chose one, and says so", async () => {
    const { run, port } = await serveFolder(["http.server", "-d", folder.path]);
    await using _ = run;
    const second = await serveFolder(["http.server", "-d", folder.path]);
    await using _second = second.run;
    assert.ok(second.port > port);
    assert.match(second.run.stderr.text, /^Port 8000 is taken, so this is another: \d+$/m);
  });

  test("takes no other port than the one it is told, and says what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    assert.ok(typeof address === "object" && address !== null);
    const { code, stderr } = await end(String(address.port));
    other.close();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^portico: --bind: cannot listen on http:\/\/127\.0\.0\.1:\d+: another program listens there; stop it or choose another address\n$/,
    );
  });

  test("warns who listens on all interfaces", async () => {
    const { run } = await serveFolder(["http.server", "0", "-d", folder.path, "-b", "0.0.0.0"]);
    await using _ = run;
    await run.stderr.line(
      /^Warning: whoever reaches this machine can read these files; --bind 127\.0\.0\.1/,
    );
    assert.match(run.stdout.text, /^Serving HTTP on 0\.0\.0\.0 port/);
  });

  test("ends with one line and a status where it cannot serve", async () => {
    const [none, file, spa, usage] = await Promise.all([
      end("0", "--directory", "/nonexistent/folder"),
      end("0", "--directory", join(folder.path, "a.txt")),
      end("0", "--directory", join(folder.path, "d"), "--spa"),
      end("--bind"),
    ]);
    assert.match(
      none.stderr,
      /^portico: --directory \/nonexistent\/folder: .* cannot be served\n$/,
    );
    assert.match(file.stderr, /^portico: --directory .*a\.txt: .* is not a directory\n$/);
    assert.match(spa.stderr, /^portico: --spa: there is no index\.html or index\.htm in ".*\/d" /);
    assert.deepEqual([none.code, file.code, spa.code, usage.code], [1, 1, 1, 2]);
  });

  test("prints its help", async () => {
    const { code, stdout } = await end("--help");
    assert.equal(code, 0);
    assert.match(stdout, /^usage: portico http\.server \[OPTIONS\] \[PORT\]\n/);
    assert.match(stdout, /\n {2}-H, --header NAME VALUE /);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 90, line);
  });

  test("serves HTTPS, from a key with a password too", { skip: lacksOpenssl }, async () => {
    using certificate = new Certificate();
    const password = join(certificate.directory, "password.txt");
    writeFileSync(password, `${PASSWORD}\n`);
    const { run, port } = await serveFolder([
      ...["http.server", "0", "-d", folder.path, "--tls-cert", certificate.certFile],
      ...["--tls-key", certificate.encryptedKeyFile(), "--tls-password-file", password],
    ]);
    await using _ = run;
    assert.equal(
      run.stdout.text,
      `Serving HTTPS on 127.0.0.1 port ${port} (https://127.0.0.1:${port}/) ...`,
    );
    using client = await TlsConnection.openTls(port, certificate.cert);
    client.request("GET", "/a.txt");
    assert.equal((await client.answer()).status, 200);
  });

  test("says which TLS file is wrong, and what to do", { skip: lacksOpenssl }, async () => {
    using certificate = new Certificate();
    using other = new Certificate();
    const { certFile } = certificate;
    const [missing, lonely, locked, strange] = await Promise.all([
      end("0", "--tls-cert", "/nonexistent.pem"),
      end("0", "--tls-cert", certFile),
      end("0", "--tls-cert", certFile, "--tls-key", certificate.encryptedKeyFile()),
      end("0", "--tls-cert", certFile, "--tls-key", other.keyFile),
    ]);
    assert.equal(
      missing.stderr,
      "portico: --tls-cert /nonexistent.pem cannot be read: there is no such file\n",
    );
    assert.match(
      lonely.stderr,
      /^portico: --tls-cert \S+ has no private key in it; name its file with --tls-key\n$/,
    );
    assert.match(
      locked.stderr,
      /^portico: --tls-key \S+ holds an encrypted key; name its file with --tls-password-file\n$/,
    );
    assert.match(
      strange.stderr,
      /^portico: --tls-key \S+ does not belong to the certificate of CN=localhost/,
    );
    assert.deepEqual(
      [missing, lonely, locked, strange].map(({ code }) => code),
      [1, 1, 1, 1],
    );
  });
});

function notLinux(): string | false {
  return process.platform !== "linux" && "elsewhere the system knows the browser";
}
