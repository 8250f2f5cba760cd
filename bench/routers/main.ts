/** `npm run bench:routers`: how long finding a route takes, beside Hono's routers and find-my-way. */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { runCommand, whenStopped } from "../../peers/command.ts";
import { type Benchmark, type Effort, measure } from "../micro/kit.ts";
import { number } from "../report/measures.ts";
import { alignedTable, type Table } from "../report/table.ts";
import { CONTESTANTS, type Find, type Found } from "./contestants.ts";
import { type Lookup, ROUTE_LISTS, type RouteList } from "./lookups.ts";

const EFFORT: Effort = { rounds: 20, milliseconds: 4 };
/** So many nanoseconds are too few to time one by one. */
const TIMES = 100;

const help = `npm run bench:routers -- [OPTIONS]
  --quick     a fifth of the rounds
`;

await runCommand(main, whenStopped());

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const effort = values.quick ? { ...EFFORT, rounds: EFFORT.rounds / 5 } : EFFORT;
  console.log(alignedTable(comparison(effort)));
}

/** Nanoseconds of Portico; of the others, how many times that. */
function comparison(effort: Effort): Table {
  const rows = ROUTE_LISTS.flatMap((list) =>
    list.lookups.map((lookup) => [`${list.name}: ${lookup.name}`, ...costs(list, lookup, effort)]),
  );
  const [own = "", ...others] = Object.keys(CONTESTANTS);
  return { head: ["", `${own}, ns`, ...others], rows };
}

function costs(list: RouteList, lookup: Lookup, effort: Effort): readonly string[] {
  const benchmarks = Object.entries(CONTESTANTS).map(([name, build]) =>
    benchmarkOf(name, build(list.routes), lookup),
  );
  for (const { verify } of benchmarks) verify();
  const { parts } = measure(benchmarks, effort);
  const [own = Number.NaN, ...others] = Object.values(parts);
  return [number(own), ...others.map((other) => `${(other / own).toFixed(2)} ×`)];
}

function benchmarkOf(
  name: string,
  find: Find,
  { method, path, pattern, params }: Lookup,
): Benchmark {
  const operation = (): Found | undefined => {
    let found: Found | undefined;
    for (let time = 0; time < TIMES; time += 1) found = find(method, path);
    return found;
  };
  const verify = (): void => {
    const found = operation();
    assert.equal(found?.pattern, pattern, `${name}: ${path}`);
    for (const [key, value] of Object.entries(params)) {
      assert.equal(found?.params[key], value, `${name}: ${key} of ${path}`);
    }
  };
  return { name, operation, times: TIMES, verify };
}
