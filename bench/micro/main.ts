/** `npm run bench:micro`: what each part of a request costs, and whether that has grown. */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { runCommand, whenStopped } from "../../peers/command.ts";
import { alignedTable } from "../report/table.ts";
import { BASELINE_FILE, type Baseline, readBaseline, writeBaseline } from "./baseline.ts";
import { comparisonTable, objections } from "./comparison.ts";
import { type Effort, measure } from "./kit.ts";
import { PARTS } from "./parts.ts";
import { measurePythonParts, verifyPythonParts } from "./python-parts.ts";

const PYTHON = ".venv/bin/python";
const EFFORT: Effort = { rounds: 15, milliseconds: 10 };

const help = `npm run bench:micro -- [OPTIONS]
  --update    writes what is measured to ${BASELINE_FILE}, with which later runs are compared
`;

await runCommand(main, whenStopped());

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      update: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const now = measureAll();
  const baseline = readBaseline();
  console.log(alignedTable(comparisonTable(now, baseline)));
  if (values.update) {
    writeBaseline(now);
    console.log(`\nwrote ${BASELINE_FILE}`);
    return;
  }
  if (baseline === undefined)
    throw new Error(`${BASELINE_FILE} is missing: npm run bench:micro -- --update`);
  const wrong = objections(now, baseline);
  if (wrong.length === 0) return;
  throw new Error(`\n${wrong.join("\n")}\nIf that is meant: npm run bench:micro -- --update`);
}

function measureAll(): Baseline {
  for (const { verify } of PARTS) verify();
  verifyPythonParts(PYTHON, ".");
  const languages = {
    TypeScript: measure(PARTS, EFFORT),
    Python: measurePythonParts(PYTHON, ".", EFFORT),
  };
  const python = execFileSync(PYTHON, ["--version"], { encoding: "utf8" });
  const versions = {
    "Node.js": process.versions.node,
    CPython: python.replace("Python", "").trim(),
  };
  return { date: new Date().toISOString(), versions, languages };
}
