/** `portico probe`: judges a server that serves the probe application. */
import { fileURLToPath } from "node:url";
import { VERSION } from "../embed/version.ts";
import { identify } from "../probe/identify.ts";
import { type JudgedRow, judgeRows } from "../probe/judge-rows.ts";
import { makeProbeReport } from "../probe/probe-report.ts";
import { ProbeReportText } from "../probe/probe-report-text.ts";
import { ProbedServer } from "../probe/probed-server.ts";
import type { Row } from "../probe/row.ts";
import { ROWS } from "../probe/rows.ts";
import { UsageError } from "./errors.ts";
import { commandHelp, versionText } from "./help.ts";
import { pageOf, print } from "./page.ts";
import { PROBE_SETTINGS, type ProbeOrder, parseProbe } from "./probe-settings.ts";

const INTRODUCTION = `usage: portico probe [OPTIONS] URL

Judges the WSGI server behind URL, http://HOST:PORT, by what PEP 3333 and HTTP require of servers.
It must serve the probe application, which is not for production:

  gunicorn --chdir "$(dirname "$(portico probe --application)")" probe_application:application
  portico probe http://127.0.0.1:8000

Exit status: 0 no rule is broken, 1 one is, 2 usage, or the server does not serve it.`;

const APPLICATIONS = {
  // From build/src/cli.
  python: "../../../python/probe/probe_application.py",
  typescript: "../probe/probe-application.js",
} as const;

/** How long a server that says nothing is waited for, in milliseconds. */
const PATIENCE = 2_000;

export async function probe(argv: readonly string[]): Promise<void> {
  const command = parseProbe(argv);
  switch (command.kind) {
    case "help":
      return print(commandHelp(INTRODUCTION, PROBE_SETTINGS));
    case "version":
      return print(versionText(VERSION));
    case "application":
      return print(`${fileURLToPath(new URL(APPLICATIONS[command.language], import.meta.url))}\n`);
    case "probe":
      return judge(command);
  }
}

async function judge({ url, rows: wanted, json, expectations }: ProbeOrder): Promise<void> {
  const rows = rowsNamed(wanted);
  const port = Number(url.port || "80");
  const server = new ProbedServer(url.hostname.replace(/[[\]]/g, ""), port, PATIENCE, expectations);
  const identified = await identify(server);
  if ("problem" in identified) throw new UsageError(`${url.origin} ${identified.problem}`);
  const facts = { portico: VERSION, url: url.origin, language: identified.language };
  const text = new ProbeReportText(pageOf(process.stdout));
  if (!json) await print(text.opening(facts));
  const start = performance.now();
  const judged: JudgedRow[] = [];
  for await (const row of judgeRows(server, rows)) {
    judged.push(row);
    if (!json) await print(text.row(row));
  }
  const seconds = Math.round(performance.now() - start) / 1000;
  const report = makeProbeReport({ ...facts, seconds }, judged);
  process.exitCode = report.verdict === "pass" ? 0 : 1;
  await print(json ? `${JSON.stringify(report, undefined, 2)}\n` : text.conclusion(report));
}

/** @throws {UsageError} there is none */
function rowsNamed(wanted: string | undefined): readonly Row[] {
  const rows = ROWS.filter(({ name }) => name.includes(wanted ?? ""));
  if (rows.length > 0) return rows;
  throw new UsageError(`--rows: no row's name contains ${wanted}; docs/probe.md lists them`);
}
