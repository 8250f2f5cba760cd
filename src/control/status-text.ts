/** How a server fares, as a person reads it: a few lines, and a table of its workers. */
import { escaped } from "../log/escapes.ts";
import type { LastError } from "../log/last-error.ts";
import { BOLD, DIM, GREEN, type Page, painted, RED, YELLOW } from "../log/page.ts";
import { wrapped } from "../log/wrapped.ts";
import type { GroupStatus, WorkerStatus } from "../processes/group-status.ts";
import type {
  LastReload,
  RecentTraffic,
  ServerStage,
  ServerStatus,
  Traffic,
} from "./controlled.ts";

/** The colours of a server's stages and a worker's. */
const COLOURS: Readonly<Record<ServerStage | WorkerStatus["stage"], number>> = {
  serving: GREEN,
  ready: GREEN,
  starting: YELLOW,
  booting: YELLOW,
  stopping: RED,
  draining: YELLOW,
};

/** With a line end. */
export function statusText(status: ServerStatus, page: Page, now: number = Date.now()): string {
  const { application, directory, addresses, pid, version, stage, uptime, group } = status;
  const facts = [
    `${addresses.join(", ")}; portico ${version}, pid ${pid}, up ${duration(uptime)}`,
    ...trafficTexts(status.traffic),
    ...(status.silent.length === 0 ? [] : [silentText(status.silent)]),
    ...(status.lastReload === null ? [] : [reloadText(status.lastReload, now)]),
    ...(status.lastError === null ? [] : [`last error: ${errorText(status.lastError, now)}`]),
  ];
  const lines = [
    `${painted(application, BOLD, page)} in ${directory}, ${painted(stage, COLOURS[stage], page)}`,
    ...facts.flatMap((fact) => wrapped(fact, page.width)),
  ];
  return `${lines.join("\n")}\n\n${groupText(group, page, now)}`;
}

/** The table of workers, with a line end. */
export function groupText(group: GroupStatus, page: Page, now: number = Date.now()): string {
  const ready = group.workers.filter(({ stage }) => stage === "ready").length;
  const reload = group.isReloading ? ", reloading" : "";
  const heading = `Workers: ${ready} of ${group.wanted} ready, generation ${group.generation}${reload}`;
  const rows = group.workers.flatMap((worker) => rowsOf(worker, "", now));
  const table = rows.length === 0 ? [] : tableLines(rows, page);
  return `${[painted(heading, BOLD, page), ...table].join("\n")}\n`;
}

/** `3 d 4 h`, `12 min 5 s`, `0.8 s`: two units at most. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const parts = UNITS.map(
    ([name, size, ofNext]) => [Math.floor(whole / size) % ofNext, name] as const,
  );
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(" ");
}

/** Each with its seconds, and how many make one of the unit before. */
const UNITS = [
  ["d", 86_400, Number.POSITIVE_INFINITY],
  ["h", 3_600, 24],
  ["min", 60, 60],
  ["s", 1, 60],
] as const;

const COLUMNS = ["PID", "STAGE", "AGE", "GEN", "REQUESTS", "BUSY", "RSS", "LAST ERROR"] as const;

/** The others are numbers, whose ends stand below one another. */
const TEXT_COLUMNS: readonly string[] = ["PID", "STAGE", "LAST ERROR"];

interface Row {
  readonly stage: WorkerStatus["stage"];
  readonly cells: readonly string[];
}

/** A worker, and those under it a little to the right. */
function rowsOf(worker: WorkerStatus, indent: string, now: number): readonly Row[] {
  const { pid, stage, age, generation, requests, busy, rss, lastError } = worker;
  const cells = [
    `${indent}${pid}`,
    stage,
    age === null ? "–" : duration(age),
    String(generation),
    String(requests),
    String(busy),
    rss === 0 ? "–" : `${(rss / 1024 ** 2).toFixed(0)} MiB`,
    lastError === null ? "–" : errorText(lastError, now),
  ];
  return [{ stage, cells }, ...worker.workers.flatMap((own) => rowsOf(own, `${indent}  `, now))];
}

function tableLines(rows: readonly Row[], page: Page): string[] {
  const widths = COLUMNS.map((title, at) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = COLUMNS.map((title, at) => {
      const [cell = "", width = 0] = [cells[at], widths[at]];
      return TEXT_COLUMNS.includes(title) ? cell.padEnd(width) : cell.padStart(width);
    });
    return cut(padded.join("  ").trimEnd(), page);
  };
  return [
    painted(line(COLUMNS), DIM, page),
    ...rows.map(({ stage, cells }) => {
      const text = line(cells);
      return stage === "ready" ? text : painted(text, COLOURS[stage], page);
    }),
  ];
}

function trafficTexts({ answered, serverErrors, inFlight, queued, recent }: Traffic): string[] {
  const share = answered === 0 ? 0 : (100 * serverErrors) / answered;
  const [latest] = recent;
  return [
    `requests: ${inFlight} in flight, ${queued} waiting; ${answered} answered, ${share.toFixed(1)} % of them with 5xx`,
    ...(latest === undefined ? [] : [recentText(latest)]),
  ];
}

function recentText({ seconds, perSecond, durations: { p50, p90, p99 } }: RecentTraffic): string {
  const times = `p50 ${taken(p50)}, p90 ${taken(p90)}, p99 ${taken(p99)}`;
  return `in the last ${duration(Math.round(seconds))}: ${perSecond.toFixed(1)} requests a second, ${times}`;
}

function taken(seconds: number | null): string {
  if (seconds === null) return "–";
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(2))} ms` : duration(seconds);
}

function silentText(pids: readonly number[]): string {
  return `no answer from server ${pids.length === 1 ? "worker" : "workers"} ${pids.join(", ")}; what stands below is what they said last`;
}

function reloadText({ at, outcome, why }: LastReload, now: number): string {
  return `last reload: ${why === null ? outcome : `failed, ${escaped(why)}`} (${ago(at, now)})`;
}

/** What was raised may hold what a client sent, and a terminal obeys some of that. */
function errorText({ at, text }: LastError, now: number): string {
  return `${ago(at, now)}: ${escaped(text)}`;
}

function ago(at: string, now: number): string {
  return `${duration(Math.max(0, now - Date.parse(at)) / 1000)} ago`;
}

function cut(line: string, { width }: Page): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
