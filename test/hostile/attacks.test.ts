/** Every attack of the public collection, on a server with a TypeScript and with a Python application. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import { RULES } from "../../src/wsgi/lint/rules.ts";
import type { Case } from "../http/conformance-judges.ts";
import { casesOf, skip } from "../http/conformance-suites.ts";
import { DEMANDS } from "./attack-demands.ts";
import { type Played, play } from "./attack-plays.ts";
import { AttackedServer, type Engine } from "./attacked-server.ts";

const ENGINES: readonly Engine[] = ["in-process", "cpython"];
const TEST_MILLISECONDS = 30_000;
const cases: readonly Case[] = skip === false ? casesOf("attacks") : [];

for (const engine of ENGINES) {
  attack(`an attack on an application (${engine})`, () => AttackedServer.open(engine));

  const findings: Finding[] = [];
  const underLint = (): Promise<AttackedServer> =>
    AttackedServer.open(engine, (finding) => findings.push(finding));
  attack(`an attack on an application under lint (${engine})`, underLint, () => {
    test("the server has broken no rule of lint", () => {
      assert.notEqual(findings.length, 0);
      const servers = findings.filter(({ rule }) => RULES.get(rule)?.side === "server");
      assert.deepEqual(servers, []);
    });
  });
}

/** Plays them all; `conclude` has the tests of what has come of it. */
function attack(
  name: string,
  open: () => Promise<AttackedServer>,
  conclude = (): void => {},
): void {
  describe(name, { skip }, () => {
    let server: AttackedServer | undefined;
    before(async () => {
      server = await open();
    });
    after(async () => {
      await server?.[Symbol.asyncDispose]();
    });

    for (const each of cases) {
      test(`${each.id} does no harm: ${each.title}`, { timeout: TEST_MILLISECONDS }, async () => {
        assert.ok(server !== undefined);
        const { behaviours = [{}], safe } = DEMANDS[each.id] ?? {};
        for (const behaviour of behaviours) {
          await server.behave(behaviour);
          const played = await play(each, server);
          judge(each, played);
          safe?.(played);
        }
      });
    }
    conclude();
  });
}

test("each demand is for a case that exists", { skip }, () => {
  const ids = new Set(cases.map(({ id }) => id));
  assert.deepEqual(
    Object.keys(DEMANDS).filter((id) => !ids.has(id)),
    [],
  );
});

/** What the fields of the collection say, and what holds for all attacks. */
function judge(each: Case, played: Played): void {
  const { answers, seen, last, ended } = played;
  const paths = seen.map(({ environ }) => environ.PATH_INFO ?? "");
  const allowed = [each.seen_paths ?? [], each.seen_paths_alternative ?? []];
  assert.ok(!paths.includes("/smuggled") || allowed[0]?.includes("/smuggled"), "smuggled");
  const errors = answers.slice(paths.length);
  assert.ok(errors.length <= 1, "more answers than requests");
  assert.ok(errors.length === 0 || last === undefined, "an answer to a request that is none");
  assert.notEqual(ended, undefined, "the server has not ended the connection");
  const status = answers[0]?.status;
  assert.ok(status === undefined || (each.statuses?.includes(status) ?? true), `it is ${status}`);
  if (each.verdict === "reject") assertRejected(played);
  if (each.verdict === "accept") assert.notEqual(status, undefined, "there is no answer");
  if (each.connection === "must close") {
    assert.deepEqual([ended, last], ["closed", undefined]);
    assert.ok(answers.length <= 1 || each.verdict === "accept-first");
  }
  if (each.seen_paths !== undefined && status === 200) {
    assert.ok(
      allowed.some((some) => JSON.stringify(some) === JSON.stringify(paths)),
      `${paths}`,
    );
  }
  for (const { environ } of seen) {
    for (const name of each.environ_absent ?? []) assert.equal(environ[name], undefined, name);
    for (const [name, value] of Object.entries(each.environ ?? {})) {
      assert.equal(environ[name], value, name);
    }
  }
}

/** A broken body may reach a TypeScript application as far as it was whole, and no Python one. */
function assertRejected({ engine, answers, seen }: Played): void {
  assert.equal(answers.length, 1);
  assert.ok((answers[0]?.status ?? 0) >= 400);
  assert.ok(seen.length <= (engine === "cpython" ? 0 : 1));
}
