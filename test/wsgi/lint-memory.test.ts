/** What lint knows of environs and bodies that nobody else refers to any more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import { answer, environWith, KeptFindings } from "../support/linted.ts";
import { until } from "../support/until.ts";
import { correct } from "./lint-case.ts";

setFlagsFromString("--expose-gc");
// The function that the flag brings; this context was made without it.
const collect: () => void = runInNewContext("gc");

/** Each request in a turn of the event loop of its own, as clients have them. */
async function requests(application: Application, count: number): Promise<void> {
  for (let request = 0; request < count; request += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await answer(application);
  }
}

test("an environ that is still referred to 32 requests later is told of, once", async () => {
  const kept = new KeptFindings({ collect });
  const environs: Environ[] = [];
  const keeping: Application = (environ, startResponse) => {
    if (environs.length === 0) environs.push(environ);
    return correct(environ, startResponse);
  };
  await requests(kept.lint(keeping), 52);
  assert.deepEqual(
    kept.findings.map(({ rule, evidence }) => `${rule}: ${evidence}`),
    ["environ-kept: it is still referred to 32 requests later"],
  );
  assert.equal(environs.length, 1);
});

test("an application that keeps nothing is not told of, and its environs are let go", async () => {
  const kept = new KeptFindings({ collect });
  let first: WeakRef<Environ> | undefined;
  const application: Application = (environ, startResponse) => {
    first ??= new WeakRef(environ);
    environ["test.itself"] = { environ };
    return correct(environ, startResponse);
  };
  await requests(kept.lint(application), 52);
  assert.deepEqual(kept.findings, []);
  assert.equal(first?.deref(), undefined);
});

for (const [how, change] of Object.entries({
  set: (environ: Environ) => Object.assign(environ, { "test.new": 1 }),
  changed: (environ: Environ) => Object.assign(environ, { HTTP_HOST: "other" }),
  removed: (environ: Environ) => Reflect.deleteProperty(environ, "HTTP_HOST"),
})) {
  test(`a value that is ${how} after the end of its request is told of, once`, async () => {
    const kept = new KeptFindings();
    const linted = kept.lint(correct);
    const environ = environWith();
    await answer(linted, environ);
    change(environ);
    await requests(linted, 3);
    const name = how === "set" ? "test.new" : "HTTP_HOST";
    assert.deepEqual(
      kept.findings.map(({ evidence }) => evidence),
      [`after the end of its request, environ["${name}"] was ${how}`],
    );
  });
}

test("a body that is never closed is told of when nothing refers to it any more", async () => {
  const kept = new KeptFindings();
  const closable: Application = (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return { [Symbol.iterator]: () => [].values(), close() {} };
  };
  await kept.lint(closable)(environWith(), () => async () => {});
  await until("the body is collected", () => {
    collect();
    return kept.findings.length > 0;
  });
  assert.equal(kept.findings[0]?.evidence, "close() was never called");
});
