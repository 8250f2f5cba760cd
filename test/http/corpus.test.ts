/**
 * Every request in test/corpus/http has the outcome that stands below it.
 *
 * A case is a heading, a block with the bytes (line ends of the block aside, `\r`, `\n`, `\t`,
 * `\\` and `\xHH` stand for theirs) and a block with what they lead to: for each request its line,
 * its fields and its body; at last `idle`, `waiting`, `closed`, or `refused` with the status.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Outcome, type ReadRequest, readEveryWay } from "./every-cut.ts";

const folder = fileURLToPath(new URL("../../../test/corpus/http/", import.meta.url));
const CASE = /^## (.+)\n\n(?:.+\n\n)?```http\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```$/gm;
const ESCAPE = /\\(?:x([0-9a-f]{2})|([rnt\\]))/g;
const ESCAPED: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t" };

for (const kind of ["valid", "invalid"]) {
  for (const file of readdirSync(folder + kind)) {
    const text = readFileSync(`${folder}${kind}/${file}`, "utf8");
    test(`${kind}/${file}`, async (context) => {
      const cases = [...text.matchAll(CASE)];
      assert.equal(cases.length, text.match(/^## /gm)?.length, "a heading without its two blocks");
      for (const [, title = "", request = "", expected = ""] of cases) {
        await context.test(title, () => {
          const outcome = readEveryWay(bytesOf(request));
          assert.equal(`${described(outcome).join("\n")}\n`, expected);
          assert.equal(typeof outcome.end === "object", kind === "invalid");
        });
      }
    });
  }
}

function bytesOf(block: string): Buffer {
  const text = block
    .replaceAll("\n", "")
    .replace(ESCAPE, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (ESCAPED[letter] ?? letter) : String.fromCharCode(parseInt(hex, 16)),
    );
  return Buffer.from(text, "latin1");
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
