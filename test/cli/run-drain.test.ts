/** What clients lose when a server is told to stop: nothing. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { InsistentClients } from "../support/insistent-clients.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { until } from "../support/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "portico-drain-"));
after(() => rmSync(cwd, { recursive: true }));

writeFileSync(
  join(cwd, "slow.py"),
  `import time
def app(environ, start_response):
    time.sleep(0.02)
    start_response("200 OK", [("Content-Length", "5")])
    return [b"whole"]
`,
);
writeFileSync(
  join(cwd, "slow.mjs"),
  `export const app = async (environ, startResponse) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  startResponse("200 OK", [["Content-Length", "5"]]);
  return [Buffer.from("whole")];
};
`,
);

const TARGETS = [
  ["a Python application with one thread", ["-w", "1", "--threads", "1", "slow:app"]],
  ["a TypeScript application", ["-w", "1", "./slow.mjs"]],
  ["two TypeScript server workers", ["-w", "2", "./slow.mjs"]],
] as const;

describe("64 clients that are busy when TERM comes lose nothing:", { concurrency: 1 }, () => {
  for (const [name, args] of TARGETS) {
    for (const bind of ["127.0.0.1:0", "unix:drain.sock"]) {
      for (const keepAlive of [true, false]) {
        const how = keepAlive ? "on connections that they keep" : "each time on a new connection";
        test(`${name}, at ${bind}, ${how}`, async () => {
          await using run = await PorticoRun.serving({ args: ["-b", bind, ...args], cwd });
          const url = bind.startsWith("unix:") ? `unix:${join(cwd, bind.slice(5))}` : run.url;
          using clients = new InsistentClients({ url, clients: 64, keepAlive });
          await until("all are busy", () => clients.answered > 64 && clients.pending > 32);
          run.kill("SIGTERM");
          await clients.ended;
          assert.deepEqual(clients.lost, []);
          assert.equal((await run.ended).code, 0);
        });
      }
    }
  }
});
