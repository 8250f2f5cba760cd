/** The probe application in TypeScript and in Python answers alike, script by script. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Answer, RequestParts } from "../../src/client/client-connection.ts";
import { python } from "../../src/embed/python.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { factsOf } from "../../src/probe/facts.ts";
import { application } from "../../src/probe/probe-application.ts";
import { START, scriptTarget } from "../../src/probe/probed-server.ts";
import type { BodyKind, Script, Step } from "../../src/probe/script.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, type ServedApplication, serveApplication } from "../support/serve-application.ts";

const ABC: readonly Step[] = [
  ["yield", "a\u00ff"],
  ["yield", ""],
  ["repeat", 2, [["yield", "c", 3]]],
];

const SCRIPTS: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    (["list", "generator", "object", "lengthless"] satisfies BodyKind[]).map((body) => [
      `a body of the kind ${body}`,
      { call: [START], body, items: ABC, close: [["raise"]] },
    ]),
  ),
  "items of the call": { call: [START, ...ABC] },
  "reading in every way": {
    call: [
      ["read", "read", 2],
      ["read", "readline"],
      ["read", "readline", 2],
      ["read", "readlines", 1],
      ["read", "iterate"],
      ["read", "readlines"],
      ["read", "read"],
      START,
      ["answer"],
    ],
  },
  "writing, and what becomes of it": { call: [START, ["write", "ab", 2], ["yield", "c"]] },
  "what is raised": {
    call: [["try", ["raise"]], ["try", START], ["try", START], ["answer"]],
  },
  "exc_info that comes back": {
    call: [START],
    body: "generator",
    items: [["yield", "x"], ["try", ["start", "500 No", [], "exc_info"]], ["answer"]],
  },
  "a head of other types": {
    call: [
      ["start", { bytes: "200 OK" }, []],
      ["yield", "x"],
    ],
  },
  "headers that are no list": {
    call: [
      ["start", "200 OK", { tuple: [] }],
      ["yield", "x"],
    ],
  },
  "text for bytes": { call: [START, ["yield", { str: "x" }]] },
  "errors in every way": {
    call: [
      ["try", ["errors", "write", "probe: \ud800\n"]],
      ["try", ["errors", "writelines", ["probe\n"]]],
      ["try", ["errors", "flush"]],
      START,
      ["answer"],
    ],
  },
  "an environ that is changed": { call: [["set", "a.b", "c"], ["clear"], START, ["yield", "x"]] },
  "headers that are looked at": { call: [START, ["look"], ["answer"]] },
  hints: { call: [["hint", [["Link", "</a>"]]], START, ["yield", "x"]] },
};

const TARGETS: readonly (readonly [method: string, target: string, parts?: RequestParts])[] = [
  ["GET", "/hello"],
  ["HEAD", "/hello"],
  ["GET", "/wrapped/hello"],
  ["POST", "/echo", { body: "one\ntwo" }],
  ["POST", "/wrapped/echo", { body: "one\ntwo" }],
  ["GET", "/big?size=70000"],
];

describe("the probe application in both languages", () => {
  const served: ServedApplication[] = [];
  before(async () => {
    const log = new KeptLog();
    const directory = join(repositoryRoot, "python", "probe");
    const inPython = python("probe_application.py", { directory, threads: 4, log: log.logger });
    served.push(await serveApplication(application));
    served.push(await serveApplication(inPython, {}, log));
  });
  after(async () => {
    for (const one of served) await one[Symbol.asyncDispose]();
  });

  async function assertAlike(method: string, target: string, parts?: RequestParts): Promise<void> {
    const answers: unknown[] = [];
    for (const one of served) answers.push(comparable(await one.ask(method, target, parts)));
    assert.deepEqual(answers[1], answers[0]);
  }

  for (const [method, target, parts] of TARGETS) {
    test(`answers ${method} ${target} alike`, () => assertAlike(method, target, parts));
  }

  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(`performs alike: ${name}`, async () => {
      await assertAlike("POST", scriptTarget(script), { body: "a\r\nbc\nde\nf" });
    });
  }

  test("sends no words of another protocol to the port that it is told", async () => {
    for (const one of served) {
      await using judge = await Checkpoint.open();
      const call: Step[] = [["reach", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"]];
      const { status } = await one.ask("GET", scriptTarget({ call }, judge));
      assert.equal(status, 500);
      assert.deepEqual(judge.told("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), []);
    }
  });

  test("tells the same facts of a request, under the same names", async () => {
    const seen = await Promise.all(
      served.map(async (one) => {
        const fields = [["Host", "probe.example"]] as const;
        const facts = factsOf((await one.ask("GET", "/caf%C3%A9?a=%20", { fields })).body);
        const { REMOTE_PORT, SERVER_PORT, ...strings } = facts.strings;
        const { language, process, thread, names, flags, ...others } = facts;
        const keys = Object.keys(facts).sort();
        return { ...others, keys, strings, flags: Object.keys(flags) };
      }),
    );
    assert.deepEqual(seen[1], seen[0]);
  });
});

/** All but the moment, and what exceptions are called in a language. */
function comparable({ status, reason, fields, body, isWhole }: Answer): unknown {
  const lasting = fields.filter(([name]) => name !== "Date");
  const text = body.toString("latin1").replace(/"raised": ?"(\w+)"/g, '"raised":"x"');
  return { status, reason, fields: lasting, body: text, isWhole };
}
