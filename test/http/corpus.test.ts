/**
 * Every request in test/corpus/http has the outcome that stands below it: for each request its line,
 * its fields and its body; at last `idle`, `waiting`, `closed`, or `refused` with the status.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CORPUS_KINDS, readCorpus } from "./corpus.ts";
import { type Outcome, type ReadRequest, readEveryWay } from "./every-cut.ts";

for (const kind of CORPUS_KINDS) {
  for (const { file, headings, cases } of readCorpus(kind)) {
    test(`${kind}/${file}`, async (context) => {
      assert.equal(cases.length, headings, "a heading without its two blocks");
      for (const { title, bytes, expected } of cases) {
        await context.test(title, () => {
          const outcome = readEveryWay(bytes);
          assert.equal(`${described(outcome).join("\n")}\n`, expected);
          assert.equal(typeof outcome.end === "object", kind === "invalid");
        });
      }
    });
  }
}

function described({ requests, end }: Outcome): string[] {
  const last = typeof end === "object" ? `refused ${end.statusHint}` : end;
  return [...requests.flatMap(describedRequest), last];
}

function describedRequest({ head, body, isComplete }: ReadRequest): string[] {
  const host = head.host === undefined || head.host === "a.example" ? "" : ` for ${head.host}`;
  const expects = head.expectsContinue ? " expects-continue" : "";
  return [
    `${head.method} ${head.target} ${head.version}${host}${expects}`,
    ...head.names.map((name, index) => `  ${name.lower}: ${visible(head.values[index] ?? "")}`),
    ...(body.length > 0 ? [`  body: ${visible(body.toString("latin1"))}`] : []),
    ...(isComplete ? [] : ["  incomplete"]),
  ];
}

function visible(text: string): string {
  return text
    .replaceAll("\r", "\\r")
    .replaceAll("\n", "\\n")
    .replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
