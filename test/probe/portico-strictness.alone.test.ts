/** Portico keeps the rules of strictness, sizes and bad clients, whatever runs the application. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { judgeRow } from "../../src/probe/judge-rows.ts";
import { application } from "../../src/probe/probe-application.ts";
import { ProbedServer } from "../../src/probe/probed-server.ts";
import { ROWS } from "../../src/probe/rows.ts";
import { startPortico } from "../support/portico-process.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { serveApplication } from "../support/serve-application.ts";

interface Started {
  readonly port: number;
  stop(): Promise<void>;
}

const ENGINES: Readonly<Record<string, () => Promise<Started>>> = {
  TypeScript: async () => {
    const served = await serveApplication(application);
    return { port: served.port, stop: () => served[Symbol.asyncDispose]() };
  },
  CPython: () =>
    startPortico({
      directory: join(repositoryRoot, "python", "probe"),
      target: "probe_application:application",
      environ: { PYTHONDONTWRITEBYTECODE: "1" },
    }),
};

for (const [engine, start] of Object.entries(ENGINES)) {
  describe(`Portico, ${engine}`, () => {
    let server: Started | undefined;
    before(async () => {
      server = await start();
    });
    after(() => server?.stop());

    for (const group of ["Strictness", "Size limits", "Bad clients"]) {
      for (const row of ROWS.filter((each) => each.group === group)) {
        test(row.title, async () => {
          const judgement = await judgeRow(new ProbedServer("127.0.0.1", server?.port ?? 0), row);
          assert.equal(judgement.verdict, "pass", judgement.evidence);
        });
      }
    }
  });
}
