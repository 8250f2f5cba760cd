/** --timeout at the command line: what clients and logs get of a request that took too long. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ANYWHERE, configuredSite, TARGET } from "../support/configured-site.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { RawConnection, type RawResponse } from "../support/raw-client.ts";

const SITE = `
import threading

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/late":
        threading.Event().wait()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return begun() if path == "/begun" else [b"in time"]

def begun():
    yield b"begun"
    threading.Event().wait()
`;

describe("a request that took too long has its line in the access log", () => {
  const here = mkdtempSync(join(tmpdir(), "portico-timeout-"));
  let run: PorticoRun;

  before(async () => {
    const cwd = configuredSite(here, { "site_app.py": SITE });
    const args = [...ANYWHERE, "-t1", "--access-logfile", "-", TARGET];
    run = await PorticoRun.serving({ args, cwd });
  });

  after(async () => {
    await run[Symbol.asyncDispose]();
    rmSync(here, { recursive: true });
  });

  for (const { method, body } of [
    { method: "GET", body: "" },
    { method: "HEAD", body: "" },
    { method: "POST", body: "x".repeat(1_300_000) },
  ]) {
    test(`asked for by ${method}, and its connection goes on`, async () => {
      const connection = await RawConnection.open(Number(new URL(run.url).port));
      assert.equal((await ask(connection, method, `/late?${method}`, body)).status, 504);
      await run.stdout.line(new RegExp(`"${method} /late\\?${method} HTTP/1.1" 504 `));
      assert.equal((await ask(connection, "GET", "/", "")).body.toString(), "in time");
      connection.close();
    });
  }

  test("in its place among those that were sent with it", async () => {
    const client = connect(Number(new URL(run.url).port), "127.0.0.1");
    let text = "";
    client.setEncoding("utf8").on("data", (data: string) => {
      text += data;
    });
    const head = (target: string) => `GET ${target} HTTP/1.1\r\nHost: late\r\n`;
    client.write(`${head("/1")}\r\n${head("/late?2")}\r\n${head("/3")}Connection: close\r\n\r\n`);
    await new Promise((resolve) => client.once("close", resolve));
    assert.deepEqual(text.match(/(?<=HTTP\/1\.1 )\d+/g), ["200", "504", "200"]);
    await run.stdout.said(/"GET \/1 HTTP[\s\S]*"GET \/late\?2 HTTP\/1.1" 504 [\s\S]*"GET \/3 HTTP/);
  });

  test("with what was sent of an answer that is cut", async () => {
    const connection = await RawConnection.open(Number(new URL(run.url).port));
    await assert.rejects(ask(connection, "GET", "/begun", ""), /closed the connection/);
    await run.stdout.line(/"GET \/begun HTTP\/1.1" 200 5 /);
  });
});

function ask(
  connection: RawConnection,
  method: string,
  target: string,
  body: string,
): Promise<RawResponse> {
  const length: [string, string][] = body === "" ? [] : [["Content-Length", `${body.length}`]];
  const fields = [["Host", "late"] as const, ...length];
  return connection.exchange({ method, target, fields, body: Buffer.from(body) });
}
