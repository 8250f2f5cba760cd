/** `npm run bench:micro`: what each part of a request costs, and whether that has grown. */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { runCommand, whenStopped } from "../../peers/command.ts";
import { alignedTable } from "../report/table.ts";
import { BASELINE_FILE, type Baseline, readBaseline, writeBaseline } from "./baseline.ts";
import { best, comparisonTable, objections } from "./comparison.ts";
import { type Effort, measure } from "./kit.ts";
import { PARTS } from "./parts.ts";
import { measurePythonParts, verifyPythonParts } from "./python-parts.ts";

const PYTHON = ".venv/bin/python";
const EFFORT: Effort = { rounds: 40, milliseconds: 4 };
const ATTEMPTS = 3;
const REMEDY = "npm run bench:micro -- --update";

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
  const baseline = readBaseline();
  if (values.update) update(baseline);
  else if (baseline === undefined) throw new Error(`${BASELINE_FILE} is missing: ${REMEDY}`);
  else compare(baseline);
}

function update(baseline: Baseline | undefined): void {
  const now = best(best(measureAll(), measureAll()), measureAll());
  console.log(alignedTable(comparisonTable(now, baseline)));
  writeBaseline(now);
}

/** Others can make a part seem slow, never fast: one that has grown is measured again. */
function compare(baseline: Baseline): void {
  let now = measureAll();
  let wrong = objections(now, baseline);
  for (let attempt = 1; attempt < ATTEMPTS && wrong.length > 0; attempt += 1) {
    now = best(now, measureAll());
    wrong = objections(now, baseline);
  }
  console.log(alignedTable(comparisonTable(now, baseline)));
  if (wrong.length > 0) throw new Error(`\n${wrong.join("\n")}\nIf that is meant: ${REMEDY}`);
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
