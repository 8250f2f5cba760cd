/** Every row can fail: what each finds is made to be there. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeRow } from "../../src/probe/judge-rows.ts";
import { application } from "../../src/probe/probe-application.ts";
import { ProbedServer } from "../../src/probe/probed-server.ts";
import { ROWS } from "../../src/probe/rows.ts";
import { serveApplication } from "../support/serve-application.ts";
import { ANSWER_FAULTS } from "./answer-faults.ts";
import { ENVIRON_FAULTS } from "./environ-faults.ts";

/** Milliseconds; what is wrong here shows at once. */
const PATIENCE = 500;

describe("a row fails where a server", { concurrency: 4 }, () => {
  for (const [name, { rows, middleware }] of Object.entries({
    ...ANSWER_FAULTS,
    ...ENVIRON_FAULTS,
  })) {
    test(`${name}: ${rows.join(", ")}`, async () => {
      await using subject = await serveApplication(middleware(application));
      const server = new ProbedServer("127.0.0.1", subject.port, PATIENCE);
      for (const wanted of rows) {
        const row = ROWS.find((one) => one.name === wanted);
        assert.ok(row, `there is no row ${wanted}`);
        const { verdict, evidence } = await judgeRow(server, row);
        assert.equal(verdict, "fail", `${wanted}: ${evidence}`);
      }
    });
  }
});
