/** Keeps what was found: conformance/results.json, and docs/conformance.md made of it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { conformanceDocument } from "./document.ts";
import type { Results } from "./results.ts";

const FILE = "conformance/results.json";
const DOCUMENT = "docs/conformance.md";

/** As JSON.stringify writes it, on four lines. */
const JUDGEMENT = /\{\n *("verdict": "[a-z ]+",)\n *("evidence": ".*")\n *\}/g;

/** Undefined where nothing has been found yet. */
export function readResults(): Results | undefined {
  if (!existsSync(FILE)) return undefined;
  // Nobody but writeResults writes it.
  return JSON.parse(readFileSync(FILE, "utf8")) as Results;
}

export function writeResults(results: Results): void {
  // A line a judgement, so that a change of one is a change of one line.
  const text = JSON.stringify(results, null, 1).replace(JUDGEMENT, "{ $1 $2 }");
  writeFileSync(FILE, `${text}\n`);
  writeFileSync(DOCUMENT, conformanceDocument(results));
}
