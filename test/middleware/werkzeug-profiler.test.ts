/** Werkzeug's ProfilerMiddleware buffers answers by design: what it breaks by that, and what it leaves alone. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { RULES } from "../../src/wsgi/lint/rules.ts";
import { type ShownAnswer, TARGETS } from "../contract/answers.ts";
import type { ContractServer } from "../contract/contract-server.ts";
import { type MiddlewareRow, ofPython } from "./middleware-rows.ts";
import { answeredOtherwise, serve, serveBare } from "./transparency.ts";

const PROFILER: MiddlewareRow = {
  name: "ProfilerMiddleware of Werkzeug",
  ...ofPython("profiler"),
  owns: [],
};

/** An endless body would fill the memory of the worker. */
const FINITE = TARGETS.filter((target) => !/^\/closes\?length=/.test(target));

describe(PROFILER.name, () => {
  let served: { readonly bare: ContractServer; readonly wrapped: ContractServer } | undefined;
  const subject = (): ContractServer => {
    assert.ok(served !== undefined);
    return served.wrapped;
  };
  before(async () => {
    served = {
      bare: await serveBare(PROFILER),
      wrapped: await serve(PROFILER, PROFILER.wrapped),
    };
  });
  after(async () => {
    await served?.bare[Symbol.asyncDispose]();
    await served?.wrapped[Symbol.asyncDispose]();
  });

  test("sends nothing, of what was written neither, before the last item is made", async () => {
    await using checkpoint = await Checkpoint.open();
    using connection = await subject().connect();
    connection.request("GET", `/one_by_one?written=2&${checkpoint.query}`);
    let hasBegun = false;
    const answered = connection.answer().then((answer) => {
      hasBegun = true;
      return answer;
    });
    for (const letter of "abxyz") {
      const goOn = await checkpoint.reached(`after ${letter}`);
      // Refused by the server alone, which has then seen all that its worker sent before.
      assert.equal((await subject().ask("GET", "no-target")).status, 400);
      assert.equal(hasBegun, false);
      goOn();
    }
    assert.equal((await answered).body.toString(), "abxyz");
  });

  test("calls no close() when an item raises", async () => {
    const answer = await subject().ask("GET", "/closes?id=profiled&raise=1");
    assert.equal(answer.status, 500);
    assert.equal((await subject().ask("GET", "/closes?count&id=profiled")).body.toString(), "0");
  });

  test("changes what comes of an error behind the first item, and beside it only the framing", async () => {
    assert.ok(served !== undefined);
    const servers = [served.bare, served.wrapped];
    assert.deepEqual(await answeredOtherwise(servers, FINITE, withoutFraming), [
      "/starts_twice?how=sent",
      "/raises?when=second",
      "/raises?when=closed",
      "/returns_nonsense?what=late",
      "/closes?items=1&length=50000",
      "/hints?way=late&link=a",
    ]);
  });
});

test(`${PROFILER.name} is told so by lint`, async () => {
  await using served = await serve(PROFILER, PROFILER.linted.application);
  await served.ask("GET", "/one_by_one");
  await served.ask("GET", "/closes?raise=1");
  const found = await PROFILER.linted.findings(served);
  const broken = found
    .filter(({ rule }) => RULES.get(rule)?.side !== "application")
    .map(({ rule, request }) => `${rule} by ${request}`);
  assert.deepEqual(
    [...new Set(broken)],
    [
      "middleware-blocks by GET /one_by_one",
      "middleware-blocks by GET /closes?raise=1",
      "middleware-close by GET /closes?raise=1",
    ],
  );
});

function withoutFraming({ status, reason, fields, body }: ShownAnswer): object {
  const framing = /^(content-length|transfer-encoding|connection)$/i;
  return { status, reason, body, fields: fields.filter(([name]) => !framing.test(name)) };
}
