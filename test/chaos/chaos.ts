/** One campaign: a server under load, one disturbance after another, and what must hold all the same. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../../src/client/client-connection.ts";
import { Random } from "../fuzz/random.ts";
import { openFiles } from "../hostile/process-facts.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { isRunning, until } from "../support/until.ts";
import { Clients } from "./clients.ts";
import { DISTURBANCES, type Disturbed, LOADS_ANEW, mend } from "./disturbances.ts";
import { type SmallDisk, smallDisk } from "./small-disk.ts";

/** What is served: a Python application, also from a template (`--preload`), or a TypeScript one. */
export const CHAOS_TARGETS = ["python", "preloaded", "typescript"] as const;

export interface ChaosPlan {
  readonly target: (typeof CHAOS_TARGETS)[number];
  readonly milliseconds: number;
  readonly seed: number;
  readonly clients: number;
}

export interface ChaosReport {
  /** What must hold and did not; none where all is well. */
  readonly faults: readonly string[];
  readonly asked: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly disturbances: ReadonlyMap<string, number>;
  /** The server's own log. */
  readonly log: string;
  /** Why the disk was not filled, where it was not. */
  readonly noDisk: string | undefined;
}

const WORKERS = 3;
const SITES = join(repositoryRoot, "test", "apps", "troubled");
const PYTHON = "troubled:application";
const TARGETS = {
  python: [PYTHON],
  preloaded: ["--preload", PYTHON],
  typescript: [join(SITES, "troubled.ts")],
} as const;

/** Between two disturbances, in milliseconds. */
const LONGEST_CALM = 400;

const BETWEEN_RELOADS = 1_500;

/** Long enough for the slowest import, and for the pause after a worker that did not boot. */
const RECOVERY = 45_000;

const MORE_THAN_IN_MEMORY = 1_600_000;

const ARGUMENTS = [
  ...["-b", "127.0.0.1:0", "-w", String(WORKERS), "--threads", "2"],
  // What is stopped is found out, and ended, within a campaign.
  ...["--timeout", "2", "--graceful-timeout", "4", "--max-rss", "200M", "--max-requests", "400"],
];

export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const directory = mkdtempSync(join(tmpdir(), "portico-chaos-"));
  try {
    return await new Campaign(plan, directory).run();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What happened, in one line. */
export function told({ asked, outcomes, disturbances, noDisk }: ChaosReport): string {
  const disk = noDisk === undefined ? "" : `; the disk was never full: ${noDisk}`;
  return `${asked} requests: ${shown(outcomes)}; ${shown(disturbances)}${disk}`;
}

/** The most frequent first. */
function shown(counts: ReadonlyMap<string, number>): string {
  const entries = [...counts].sort(([, one], [, other]) => other - one);
  return entries.map(([name, count]) => `${name} ${count}`).join(", ");
}

class Campaign {
  readonly #plan: ChaosPlan;
  readonly #directory: string;
  readonly #journal: string;
  readonly #temporary: string;
  readonly #disk: SmallDisk | undefined;
  readonly #random: Random;
  readonly #faults: string[] = [];
  readonly #disturbances = new Map<string, number>();
  readonly #seen = new Set<number>();

  constructor(plan: ChaosPlan, directory: string) {
    this.#plan = plan;
    this.#directory = join(directory, "site");
    this.#journal = join(directory, "journal");
    this.#disk = smallDisk(directory);
    this.#temporary = this.#disk?.directory ?? join(directory, "temporary");
    mkdirSync(this.#temporary, { recursive: true });
    mkdirSync(this.#directory);
    this.#random = new Random(plan.seed);
  }

  async run(): Promise<ChaosReport> {
    await using server = await this.#start();
    const descriptors = await this.#settledDescriptors(server);
    const clients = new Clients({
      port: Number(new URL(server.url).port),
      clients: this.#plan.clients,
      seed: this.#plan.seed,
      mayLoseConnections: this.#plan.target === "typescript",
    });
    await this.#disturb(server);
    clients.calm();
    await this.#recover(server);
    await clients.stop();
    this.#faults.push(...clients.faults);
    this.#judgeJournal(clients);
    await this.#judgeDescriptors(server, descriptors);
    await this.#judgeEnd(server);
    return {
      faults: this.#faults,
      asked: clients.count,
      outcomes: clients.outcomes,
      disturbances: this.#disturbances,
      log: server.stderr.lines.filter(isTelling).join("\n"),
      noDisk: this.#disk === undefined ? "this user may not mount a small one" : undefined,
    };
  }

  #start(): Promise<PorticoRun> {
    const { target, milliseconds } = this.#plan;
    return PorticoRun.serving({
      args: [...ARGUMENTS, "--pythonpath", SITES, ...TARGETS[target]],
      cwd: this.#directory,
      env: { CHAOS_JOURNAL: this.#journal, TMPDIR: this.#temporary },
      longest: milliseconds + 4 * RECOVERY,
      ...(this.#disk !== undefined && { through: this.#disk.through }),
    });
  }

  async #disturb(server: PorticoRun): Promise<void> {
    const names = Object.keys(DISTURBANCES).filter((name) => this.#canBe(name));
    const end = performance.now() + this.#plan.milliseconds;
    const patient = names.filter((name) => !LOADS_ANEW.has(name));
    let reloadedAt = performance.now();
    while (performance.now() < end) {
      // Each reload gives up the one before: workers need some time to come up.
      const mayReload = performance.now() - reloadedAt > BETWEEN_RELOADS;
      const name = this.#random.pick(mayReload ? names : patient);
      if (LOADS_ANEW.has(name)) reloadedAt = performance.now();
      this.#disturbances.set(name, (this.#disturbances.get(name) ?? 0) + 1);
      DISTURBANCES[name]?.(this.#disturbed(server), this.#random);
      await pause(this.#random.below(LONGEST_CALM));
    }
  }

  #canBe(name: string): boolean {
    return this.#disk !== undefined || !name.includes("disk");
  }

  #disturbed(server: PorticoRun): Disturbed {
    const workers = server.descendants;
    for (const pid of workers) this.#seen.add(pid);
    return {
      directory: this.#directory,
      workers,
      disk: this.#disk?.seenBeside(server.pid) ?? this.#temporary,
      signal: (signal) => server.kill(signal),
    };
  }

  /** All is mended: the workers come back in their number, and everything is answered. */
  async #recover(server: PorticoRun): Promise<void> {
    mend(this.#disturbed(server));
    server.kill("SIGHUP");
    await this.#resize(server);
    const processes = this.#plan.target === "preloaded" ? WORKERS + 1 : WORKERS;
    const deadline = performance.now() + RECOVERY;
    let calm = 0;
    while (calm < 10 && performance.now() < deadline) {
      const isWell = server.descendants.length === processes && (await this.#answers(server));
      calm = isWell ? calm + 1 : 0;
      await pause(50);
    }
    if (calm < 10) {
      const { length } = server.descendants;
      this.#faults.push(
        `${length} processes, of ${processes}, or no answers, ${RECOVERY} ms after all`,
      );
    }
  }

  async #answers(server: PorticoRun): Promise<boolean> {
    try {
      const name = `calm-${performance.now()}`;
      return (await ask(Number(new URL(server.url).port), "GET", `/plain/${name}`)).status === 200;
    } catch {
      // Not yet: it is asked again until the deadline.
      return false;
    }
  }

  /** Signals that come while one of the same kind waits are one, so each is waited for. */
  async #resize(server: PorticoRun): Promise<void> {
    for (let count = wantedBy(server); count !== WORKERS; count = wantedBy(server)) {
      const told = changesIn(server);
      server.kill(count > WORKERS ? "SIGTTOU" : "SIGTTIN");
      await until("the number of workers is told", () => changesIn(server) > told);
    }
  }

  /** What began is run once; what succeeded has begun; what was refused has not. */
  #judgeJournal({ succeeded, refused }: Clients): void {
    const times = new Map<string, number>();
    for (const name of readFileSync(this.#journal, "utf8").split("\n")) {
      times.set(name, (times.get(name) ?? 0) + 1);
    }
    times.delete("");
    for (const [name, count] of times) {
      if (count > 1) this.#faults.push(`${name} was run ${count} times`);
    }
    for (const name of succeeded) {
      if (!times.has(name)) this.#faults.push(`${name} was answered and never run`);
    }
    if (this.#plan.target === "typescript") return;
    for (const name of refused) {
      if (times.has(name)) this.#faults.push(`${name} was answered 503 and run all the same`);
    }
  }

  /** Of a server that rests, has opened what it opens when it is first needed, and no connection. */
  async #settledDescriptors(server: PorticoRun): Promise<number> {
    const body = Buffer.alloc(MORE_THAN_IN_MEMORY);
    const port = Number(new URL(server.url).port);
    for (let turn = 0; turn < 2 * WORKERS; turn += 1) {
      await ask(port, "POST", `/upload/first-${turn}`, { body });
    }
    let before = -1;
    for (let now = openFiles(server.pid); now !== before; now = openFiles(server.pid)) {
      before = now;
      await pause(300);
    }
    return before;
  }

  async #judgeDescriptors(server: PorticoRun, before: number): Promise<void> {
    try {
      await until("as many descriptors as before", () => openFiles(server.pid) <= before);
    } catch {
      // Which they are tells more than that it took too long.
      this.#faults.push(
        `${openFiles(server.pid)} descriptors, before it were ${before}: ${openIn(server)}`,
      );
    }
  }

  async #judgeEnd(server: PorticoRun): Promise<void> {
    for (const pid of server.descendants) this.#seen.add(pid);
    const disk = this.#disk?.seenBeside(server.pid);
    server.kill("SIGTERM");
    const { code, signal } = await server.ended;
    if (code !== 0) this.#faults.push(`the server ended with ${code ?? signal}`);
    const orphans = [...this.#seen].filter(isRunning);
    if (orphans.length > 0) this.#faults.push(`still there: ${orphans.join(", ")}`);
    // A disk of its own is gone with the server.
    const left = disk === undefined ? filesIn(this.#temporary) : [];
    if (left.length > 0) this.#faults.push(`left behind: ${left.join(", ")}`);
  }
}

const CHANGE = /\[INFO\] Workers: (\d+)/g;

/** Tracebacks and failures on purpose would hide the rest. */
function isTelling(line: string): boolean {
  return line.startsWith("[") && !line.includes("/raise/");
}

function wantedBy(server: PorticoRun): number {
  return Number([...server.stderr.text.matchAll(CHANGE)].at(-1)?.[1] ?? WORKERS);
}

function changesIn(server: PorticoRun): number {
  return [...server.stderr.text.matchAll(CHANGE)].length;
}

function openIn({ pid }: PorticoRun): string {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory)
    .map((descriptor) => readlinkSync(join(directory, descriptor)))
    .sort()
    .join(", ");
}

/** The directory of control sockets stays for the next server. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
}
