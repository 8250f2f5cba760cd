/** `portico --lint` before a TypeScript application. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PorticoRun } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-lint-"));
after(() => rmSync(here, { recursive: true }));

writeFileSync(
  join(here, "site.mjs"),
  `export const app = (environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"], ["Content-Length", "3"]]);
    return [Buffer.from(environ.PATH_INFO)];
  };`,
);

test("a finding is one warning in the error log, whichever request shows it again", async () => {
  const args = ["-b", "127.0.0.1:0", "--lint", "./site.mjs"];
  await using run = await PorticoRun.serving({ args, cwd: here });
  for (const path of ["/ok", "/long", "/path"]) await run.get(path);
  run.kill("SIGTERM");
  const { stderr } = await run.ended;
  const [line = "", ...more] = stderr.split("\n").filter((said) => said.includes("lint: "));
  assert.match(
    line,
    /\] \[WARNING\] lint: the application broke content-length-long \(PEP 3333, .*\): Content-Length is 3, and the body has 5 bytes or more; .* \[GET \/(long|path)\]$/,
  );
  assert.deepEqual(more, []);
});

test("without --lint nothing is judged", async () => {
  const args = ["-b", "127.0.0.1:0", "./site.mjs"];
  await using run = await PorticoRun.serving({ args, cwd: here });
  await run.get("/long");
  run.kill("SIGTERM");
  assert.doesNotMatch((await run.ended).stderr, /lint: /);
});
