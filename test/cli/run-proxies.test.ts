/** The flags of proxies, from a command line to what an application is told. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-proxies-"));
after(() => rmSync(here, { recursive: true }));

const TOLD = ["REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme", "HTTP_X_USER"];

writeFileSync(
  join(here, "tells.mjs"),
  `export const app = (environ, start) => {
  start("200 OK", []);
  return [Buffer.from(${JSON.stringify(TOLD)}.map((name) => environ[name] ?? "-").join(" "))];
};`,
);
writeFileSync(
  join(here, "tells.py"),
  `def app(environ, start_response):
    start_response("200 OK", [])
    return [" ".join(environ.get(name, "-") for name in ${JSON.stringify(TOLD)}).encode()]
`,
);

const FIELDS = {
  Host: "inner",
  "X-Forwarded-For": "192.0.2.7",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "shop.example",
  X_User: "root",
};

async function told(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const all = ["-b", "127.0.0.1:0", ...args];
  await using run = await PorticoRun.serving({ args: all, cwd: here, env });
  const { status, text } = await run.get("/", FIELDS);
  return status === 200 ? text : String(status);
}

describe("what a proxy says", { concurrency: 2 }, () => {
  test("reaches a Python application, and two server workers", async () => {
    const said = "192.0.2.7 shop.example https -";
    assert.equal(await told(["tells:app"]), said);
    assert.equal(await told(["-w", "2", "./tells.mjs"]), said);
  });

  test("is believed of those that are named", async () => {
    const plain = "127.0.0.1 inner http -";
    assert.equal(await told(["--forwarded-allow-ips", "10.0.0.0/8", "./tells.mjs"]), plain);
    assert.equal(await told(["./tells.mjs"], { FORWARDED_ALLOW_IPS: "10.0.0.0/8" }), plain);
  });

  test("is believed as far as it is listed", async () => {
    const args = ["--forwarded-headers", "for,proto", "./tells.mjs"];
    assert.equal(await told(args), "192.0.2.7 inner https -");
  });

  test("is shown with an underscore where the header map is dangerous", async () => {
    const args = ["--header-map=dangerous", "./tells.mjs"];
    assert.equal(await told(args), "192.0.2.7 shop.example https root");
  });

  test("must come behind a PROXY header where there must be one", async () => {
    assert.equal(await told(["--proxy-protocol", "v1", "./tells.mjs"]), "400");
    const others = ["--proxy-protocol=v1", "--proxy-allow-from", "10.0.0.1", "./tells.mjs"];
    assert.equal(await told(others), "192.0.2.7 shop.example https -");
  });

  test("is asked of addresses alone: a name ends the run with 2", async () => {
    const args = ["--forwarded-allow-ips", "proxy.example", "./tells.mjs"];
    const { code, stderr } = await runToEnd({ args, cwd: here });
    assert.equal(code, 2);
    assert.match(stderr, /^portico: --forwarded-allow-ips: "proxy\.example" is not an address/);
  });
});
