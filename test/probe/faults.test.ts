/** Every row can fail: what each finds is made to be there. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { python } from "../../src/embed/python.ts";
import { judgeRow } from "../../src/probe/judge-rows.ts";
import { application } from "../../src/probe/probe-application.ts";
import { ProbedServer } from "../../src/probe/probed-server.ts";
import { ROWS } from "../../src/probe/rows.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import { ANSWER_FAULTS } from "./answer-faults.ts";
import { BadServer } from "./bad-server.ts";
import { ENVIRON_FAULTS } from "./environ-faults.ts";
import { BROKEN_BY_WERKZEUG, BROKEN_BY_WSGIREF } from "./known-failures.ts";
import { NEVER_FAILED, PYTHON_FAULTS, UNMET, WIRE_FAULTS } from "./server-faults.ts";

/** Milliseconds; what is wrong here shows at once. */
const PATIENCE = 500;
/** A Python worker may have to be waited for. */
const PYTHON_PATIENCE = 5_000;

const FAULTS = { ...ANSWER_FAULTS, ...ENVIRON_FAULTS };

async function assertFails(server: ProbedServer, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const row = ROWS.find((one) => one.name === name);
    assert.ok(row, `there is no row ${name}`);
    const { verdict, evidence } = await judgeRow(server, row);
    assert.equal(verdict, "fail", `${name}: ${evidence}`);
  }
}

describe("a row fails where a server", { concurrency: 4 }, () => {
  for (const [name, { rows, middleware }] of Object.entries(FAULTS)) {
    test(`${name}: ${rows.join(", ")}`, async () => {
      await using subject = await serveApplication(middleware(application));
      await assertFails(new ProbedServer("127.0.0.1", subject.port, PATIENCE), rows);
    });
  }

  for (const [name, { rows, answer }] of Object.entries(WIRE_FAULTS)) {
    test(`${name}: ${rows.join(", ")}`, async () => {
      await using server = await BadServer.start((socket) => socket.write(answer));
      await assertFails(server.probed, rows);
    });
  }

  for (const [name, expectations] of Object.entries(UNMET)) {
    test(`is not as it was said to be: ${name}`, async () => {
      await using subject = await serveApplication(application);
      const server = new ProbedServer("127.0.0.1", subject.port, PATIENCE, expectations);
      await assertFails(server, [name]);
    });
  }
});

describe("a row fails where a server of Python applications", () => {
  for (const [fault, rows] of Object.entries(PYTHON_FAULTS)) {
    test(`${fault}: ${rows.join(", ")}`, async () => {
      const log = new KeptLog();
      const served = python("faulty_server.py", {
        directory: join(repositoryRoot, "test", "probe"),
        pythonPath: [join(repositoryRoot, "python", "probe")],
        env: { FAULT: fault },
        log: log.logger,
      });
      await using subject = await serveApplication(served, {}, log);
      await assertFails(new ProbedServer("127.0.0.1", subject.port, PYTHON_PATIENCE), rows);
    });
  }
});

test("there is no row that nothing makes fail, but for a reason", () => {
  const failed = [
    ...Object.values({ ...FAULTS, ...WIRE_FAULTS }).flatMap(({ rows }) => rows),
    ...Object.values(PYTHON_FAULTS).flat(),
    ...Object.keys(UNMET),
    ...[...BROKEN_BY_WSGIREF, ...BROKEN_BY_WERKZEUG],
  ];
  // strictness.test.ts is about the others.
  const mine = ROWS.filter(({ group }) => !/^(Strictness|Size limits|Bad clients)$/.test(group));
  const names = mine.map(({ name }) => name);
  const expected = names.filter((name) => !failed.includes(name));
  assert.deepEqual(expected.sort(), Object.keys(NEVER_FAILED).sort());
});
