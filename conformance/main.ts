/** `npm run conformance`: every row put to every server, some servers at a time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { positive, runCommand, whenStopped } from "../peers/command.ts";
import { peerVersions } from "../peers/versions.ts";
import type { Row } from "../src/probe/row.ts";
import { ROWS } from "../src/probe/rows.ts";
import { judgeServer } from "./judge-server.ts";
import type { ServerResult } from "./results.ts";
import { readResults, writeResults } from "./results-file.ts";
import { type JudgedServer, judgedServers } from "./servers.ts";
import { machine, versionOf } from "./versions.ts";

interface Plan {
  readonly servers: readonly JudgedServer[];
  readonly rows: readonly Row[];
  readonly atOnce: number;
  /** Rows were chosen: what comes of it is no whole column. */
  readonly isPart: boolean;
}

const help = `npm run conformance -- [OPTIONS]
  --servers NAME,NAME   only servers with NAME in their name
  --rows WORD           only rows with WORD in their name or group; nothing is written then
  --at-once N           servers at a time (2)
`;

const stopped = whenStopped();
const scratch = mkdtempSync(join(tmpdir(), "portico-conformance-"));
try {
  await runCommand(main, stopped);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function main(args: readonly string[]): Promise<void> {
  const plan = readPlan(args);
  if (plan === undefined) {
    console.log(help);
    return;
  }
  const waiting = [...plan.servers];
  const results: ServerResult[] = [];
  const judgeNext = async (): Promise<void> => {
    for (let server = waiting.shift(); server !== undefined; server = waiting.shift()) {
      results.push(await judgeOne(server, plan));
    }
  };
  await Promise.all(Array.from({ length: plan.atOnce }, judgeNext));
  if (!plan.isPart) writeAll(results);
}

/** @throws when an option is unknown or chooses nothing; undefined means that help is wanted. */
function readPlan(args: readonly string[]): Plan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      servers: { type: "string", default: "" },
      rows: { type: "string", default: "" },
      "at-once": { type: "string", default: "2" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const all = judgedServers(scratch);
  const names = values.servers.toLowerCase().split(",");
  const servers = all.filter(({ name }) => names.some((part) => name.toLowerCase().includes(part)));
  if (servers.length === 0) {
    throw new Error(`--servers: none of ${all.map(({ name }) => `"${name}"`).join(" ")}`);
  }
  const rows = ROWS.filter(({ name, group }) => `${group} ${name}`.includes(values.rows));
  if (rows.length === 0) throw new Error(`--rows: no row has ${JSON.stringify(values.rows)}`);
  const atOnce = positive("--at-once", values["at-once"]);
  return { servers, rows, atOnce, isPart: values.rows !== "" };
}

async function judgeOne(server: JudgedServer, plan: Plan): Promise<ServerResult> {
  const { name, short, threads, processes, packages } = server;
  const date = new Date().toISOString().slice(0, 10);
  const command = server.command("PORT").join(" ").replaceAll(scratch, "$TMPDIR");
  const facts = { name, short, threads, processes, command, date };
  const missing = packages.filter((each) => peerVersions().packages[each] === undefined);
  if (missing.length > 0) {
    const notRun = `${missing.join(" and ")} could not be installed`;
    return told({ ...facts, version: "", notRun, judgements: {} });
  }
  const version = versionOf(server);
  try {
    const judgements = await judgeServer(server, plan.rows, stopped);
    return told({ ...facts, version, judgements });
  } catch (error) {
    if (stopped.aborted) throw error;
    const notRun = error instanceof Error ? lastLine(error.message) : String(error);
    return told({ ...facts, version, notRun, judgements: {} });
  }
}

/** What a server that does not start says last is why. */
function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** Prints a server's failures as soon as it is judged. */
function told(result: ServerResult): ServerResult {
  const found = Object.entries(result.judgements);
  const failed = found.filter(([, { verdict }]) => verdict === "fail");
  const sum = result.notRun ?? `${failed.length} of ${found.length} rows failed`;
  console.log(`\n${result.name} ${result.version}: ${sum}`);
  for (const [row, { evidence }] of failed) console.log(`  ${row}: ${evidence}`);
  return result;
}

/** Servers that were not asked keep what was found of them before. */
function writeAll(results: readonly ServerResult[]): void {
  const before = readResults()?.servers ?? [];
  const servers = judgedServers(scratch).flatMap(({ name }) => {
    return [...results, ...before].find((result) => result.name === name) ?? [];
  });
  const rows = ROWS.map(({ name, title, group, level, source }) => {
    return { name, title, group, level, source };
  });
  writeResults({ machine: machine(), rows, servers });
}
