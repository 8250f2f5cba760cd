/** What a command line makes the benchmark do. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { expectedMinutes, type RacePlan, readPlan } from "../../bench/plan.ts";
import { WORKS } from "../../bench/works.ts";

function planned(...args: readonly string[]): RacePlan {
  const plan = readPlan(args);
  assert.equal(plan.does, "race");
  return plan as RacePlan;
}

function works(...args: readonly string[]): string[] {
  return planned(...args).works.map(({ work }) => work.name);
}

describe("the plan of a run", () => {
  test("has all works of the table, and fits in an hour", () => {
    assert.deepEqual(
      works(),
      WORKS.map(({ name }) => name),
    );
    assert.ok(expectedMinutes(planned()) <= 60, `${expectedMinutes(planned())} minutes`);
  });

  test("in haste has those that matter most, and fits in ten minutes", () => {
    assert.deepEqual(
      works("--quick"),
      WORKS.filter(({ quick }) => quick).map(({ name }) => name),
    );
    const minutes = expectedMinutes(planned("--quick"));
    assert.ok(minutes <= 10, `${minutes} minutes`);
  });

  test("has the works that are named, in haste too", () => {
    const named = ["--work", "python-64", "--work", "static-10"];
    assert.deepEqual(works(...named), ["python-64", "static-100k", "static-10m"]);
    assert.deepEqual(works("--quick", ...named), works(...named));
  });

  test("has the servers that are named, and the works that have one of them", () => {
    const { works } = planned("--only", "nginx", "--only", "FASTIFY");
    const servers = new Set(works.flatMap((each) => each.servers.map(({ name }) => name)));
    assert.deepEqual([...servers].sort(), ["@fastify/static", "Fastify", "nginx"]);
  });

  test("keeps what a whole run finds of a work, and nothing less", () => {
    assert.equal(planned().keepsResults, true);
    assert.equal(planned("--work", "flask").keepsResults, true);
    assert.equal(planned("--only", "nginx").keepsResults, false);
    assert.equal(planned("--quick").keepsResults, false);
  });

  test("gives each work the rounds and the seconds that were asked for", () => {
    const [only] = planned("--work", "python-hello", "--rounds", "7", "--seconds", "9").works;
    assert.equal(only?.rounds, 7);
    assert.equal(only?.seconds, 9);
  });

  test("gives no work more rounds than it needs", () => {
    const [only] = planned("--work", "idle-memory", "--rounds", "7").works;
    assert.equal(only?.rounds, 1);
  });
});

describe("a command line is refused", () => {
  const refused = {
    "a work that there is not": [["--work", "cobol"], /--work has none of "python-hello"/],
    "a server that there is not": [["--only", "iis"], /--only has none of "Portico"/],
    "no rounds": [["--rounds", "0"], /--rounds takes a whole number from 1 on/],
    "an unknown option": [["--fast"], /--fast/],
  } as const;
  for (const [what, [args, why]] of Object.entries(refused)) {
    test(`for ${what}`, () => assert.throws(() => readPlan(args), why));
  }
});
