/**
 * Two servers of the tests' Python, each known to break what is listed here: a row that passes
 * there, or a new one that fails, is one that changed its mind.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type PeerServer, ServerProcess } from "../../peers/server-process.ts";
import { judgeRows } from "../../src/probe/judge-rows.ts";
import { ProbedServer } from "../../src/probe/probed-server.ts";
import type { RowGroup } from "../../src/probe/row.ts";
import { ROWS } from "../../src/probe/rows.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { BROKEN_BY_WERKZEUG, BROKEN_BY_WSGIREF } from "./known-failures.ts";

/** Milliseconds after which a server that says nothing has failed; both answer at once or never. */
const PATIENCE = 1_000;

/** strictness.test.ts is about these. */
const ELSEWHERE: readonly RowGroup[] = ["Strictness", "Size limits", "Bad clients"];

const TARGET = "probe_application:application";

function servedBy(name: string): PeerServer {
  const program = join(repositoryRoot, "peers", "serve.py");
  return {
    name,
    command: (port) => [pythonProgram("python"), program, name, TARGET, port],
    environ: { PYTHONPATH: join(repositoryRoot, "python", "probe"), PYTHONDONTWRITEBYTECODE: "1" },
    ready: { path: "/hello", body: "hello" },
  };
}

const BROKEN = { wsgiref: BROKEN_BY_WSGIREF, werkzeug: BROKEN_BY_WERKZEUG };

describe("a row fails where its rule is broken:", { concurrency: true }, () => {
  for (const [name, broken] of Object.entries(BROKEN)) {
    test(`${name} breaks what it is known to break, and nothing else`, async () => {
      await using peer = await ServerProcess.start(servedBy(name), AbortSignal.timeout(60_000));
      const server = new ProbedServer("127.0.0.1", peer.port, PATIENCE, { log: () => peer.log });
      const rows = ROWS.filter(({ group }) => !ELSEWHERE.includes(group));
      const failed: string[] = [];
      for await (const { row, verdict } of judgeRows(server, rows)) {
        if (verdict === "fail") failed.push(row.name);
      }
      assert.deepEqual(failed.sort(), [...broken].sort());
    });
  }
});
