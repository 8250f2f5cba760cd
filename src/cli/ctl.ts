/** `portico ctl`: asks a server over its control socket, and prints what it says. */
import {
  type ControlAnswer,
  type ControlClient,
  NoAnswerError,
} from "../control/control-client.ts";
import type { ServerStatus, ShownSetting } from "../control/controlled.ts";
import { findServer } from "../control/find-server.ts";
import { groupText, statusText } from "../control/status-text.ts";
import { VERSION } from "../embed/version.ts";
import type { GroupStatus } from "../processes/group-status.ts";
import {
  CTL_COMMANDS,
  CTL_SETTINGS,
  type CtlCommand,
  type CtlCommandName,
  parseCtl,
} from "./ctl-settings.ts";
import { commandHelp, entry, printedConfig, versionText } from "./help.ts";
import { pageOf, print } from "./page.ts";

const INTRODUCTION = `usage: portico ctl [OPTIONS] COMMAND

Asks a running server how it fares, and tells it what to do, over its control socket.
Where one server of this user runs, it is found; else --pid or --socket says which.

Commands:
${Object.entries(CTL_COMMANDS)
  .map(([name, { operand, help }]) => entry([name, operand].filter(Boolean).join(" "), help))
  .join("\n")}

Exit status: 0 done, 1 it failed, 2 usage, 3 no server found, or several.`;

/** What was asked for has not been done; the message says why. */
class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";
  readonly exitCode = 1;
}

type Order = Extract<CtlCommand, { kind: "ctl" }>;

type Command = (client: ControlClient, order: Order) => Promise<void>;

/** How often a server is asked while something goes on, in milliseconds. */
const ASK_EVERY = 250;
const WATCH_EVERY = 1_000;

/** Of ECMA-48: the cursor goes to the first line, and all below it is erased. */
const CLEAR_SCREEN = "\x1b[H\x1b[J";

export async function ctl(argv: readonly string[]): Promise<void> {
  const command = parseCtl(argv);
  if (command.kind === "ctl") {
    await COMMANDS[command.command](await findServer(command.settings), command);
  } else {
    const isHelp = command.kind === "help";
    await print(isHelp ? commandHelp(INTRODUCTION, CTL_SETTINGS) : versionText(VERSION));
  }
}

// What a server answers has the shapes of docs/control.md; a newer one may have more.
const COMMANDS: Readonly<Record<CtlCommandName, Command>> = {
  status,
  workers: async (client, order) => {
    const group = done(await client.get("/workers")) as GroupStatus;
    await show(order, group, () => groupText(group, pageOf(process.stdout)));
  },
  reload,
  stop,
  add: (client, order) => resize(client, order),
  remove: (client, order) => resize(client, order),
  kill: async (client, order) => {
    const { operand, settings } = order;
    const value = done(
      await client.post(`/workers/kill?pid=${operand}${settings.now ? "&now=1" : ""}`),
    );
    const what = settings.now
      ? "is killed, and another takes its place"
      : "ends when its successor is ready";
    await show(order, value, () => `Worker ${operand} ${what}\n`);
  },
  reopen: async (client, order) => {
    await show(order, done(await client.post("/reopen")), () => "The log files are opened anew\n");
  },
  config: async (client, order) => {
    const value = done(await client.get("/config")) as {
      readonly settings: readonly ShownSetting[];
    };
    await show(order, value, () => printedConfig(value.settings));
  },
};

async function status(client: ControlClient, { settings: { json, watch } }: Order): Promise<void> {
  for (;;) {
    const value = done(await client.get("/status")) as ServerStatus;
    const page = pageOf(process.stdout);
    const clear = watch && process.stdout.isTTY ? CLEAR_SCREEN : "";
    await print(json ? jsonText(value, watch) : `${clear}${statusText(value, page)}`);
    if (!watch) return;
    await pause(WATCH_EVERY);
  }
}

async function reload(client: ControlClient, order: Order): Promise<void> {
  const leave = (): void => {
    process.stderr.write("portico: the reload goes on; portico ctl status tells how it ends\n");
    process.exit(130);
  };
  process.once("SIGINT", leave);
  const reloading = client.postAndWait("/reload");
  const over = (): true => true;
  if (!order.settings.json) await tellProgress(client, reloading.then(over, over));
  const answer = await reloading;
  process.off("SIGINT", leave);
  if (order.settings.json) await print(jsonText(answer.value));
  const { error } = answer.value as { readonly error?: string };
  if (error !== undefined) throw new CommandFailedError(`the reload has failed: ${error}`);
  if (!order.settings.json) await print("Reloaded\n");
}

/** Says how many workers have the new code, whenever that changes. */
async function tellProgress(client: ControlClient, isOver: Promise<true>): Promise<void> {
  let told = "";
  while (!(await Promise.race([isOver, pause(ASK_EVERY)]))) {
    const line = await progress(client);
    if (line !== undefined && line !== told) process.stderr.write(line);
    told = line ?? told;
  }
}

/** Undefined where there is none, or the server does not say: whoever waits for the reload is told why. */
async function progress(client: ControlClient): Promise<string | undefined> {
  try {
    const { value } = await client.get("/workers");
    const { isReloading, generation, wanted, workers } = value as GroupStatus;
    const newer = workers.filter((worker) => worker.generation === generation);
    const ready = newer.filter(({ stage }) => stage === "ready").length;
    return isReloading ? `${ready} of ${wanted} workers have the new code\n` : undefined;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return undefined;
  }
}

async function stop(client: ControlClient, order: Order): Promise<void> {
  const { quick } = order.settings;
  const value = done(await client.post(`/stop${quick ? "?quick=1" : ""}`)) as {
    readonly pid: number;
  };
  await untilGone(client, value.pid);
  await show(order, value, () => `Stopped (pid ${value.pid})\n`);
}

/**
 * However long that takes, for the server's own limits hold. Another server may listen on the same
 * path when this one has ended.
 */
async function untilGone(client: ControlClient, pid: number): Promise<void> {
  for (;;) {
    try {
      const { value } = await client.get("/status");
      if ((value as ServerStatus).pid !== pid) return;
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      if (error.isGone) return;
    }
    await pause(ASK_EVERY);
  }
}

async function resize(client: ControlClient, order: Order): Promise<void> {
  const answer = await client.post(`/workers/${order.command}?count=${order.operand ?? 1}`);
  const value = done(answer) as { readonly before: number; readonly workers: number };
  await show(order, value, () => `Workers: ${value.workers} from now on, ${value.before} before\n`);
}

/** What the server says where it has done what it was asked for. @throws {CommandFailedError} */
function done({ status: code, value }: ControlAnswer): unknown {
  if (code < 300) return value;
  const { error } = value as { readonly error?: string };
  throw new CommandFailedError(error ?? `the server answers with status ${code}`);
}

function show({ settings }: Order, value: unknown, text: () => string): Promise<void> {
  return print(settings.json ? jsonText(value) : text());
}

/** One line where more are to follow. */
function jsonText(value: unknown, isLine = false): string {
  return `${JSON.stringify(value, undefined, isLine ? undefined : 2)}\n`;
}

function pause(milliseconds: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), milliseconds);
  });
}
