/** A server worker's side: serves, answers its supervisor, ends when told to or left alone. */
import { endEngineWorker, engineGroup } from "../embed/engines.ts";
import type { RunningServer } from "../embed/make-server.ts";
import { atStall, watchProcess } from "../embed/process-watch.ts";
import { Terminal } from "../embed/terminal.ts";
import type { LastError } from "../log/last-error.ts";
import { type Binding, withTls } from "../server/addresses.ts";
import { OwnShare } from "./connection-shares.ts";
import {
  FIRST_SOCKET,
  type FromWorker,
  isToWorker,
  SHARES_DESCRIPTOR,
  STALL_DESCRIPTOR,
  type StartFailure,
  type ToWorker,
} from "./messages.ts";

export interface ServerWorkerOptions {
  /** The supervisor's pid. */
  readonly supervisor: number;
  /** Makes the server, which this worker starts and ends. */
  readonly open: () => Promise<RunningServer>;
  /** Of each socket that it takes connections from. */
  readonly backlog: number;
  /** What open requests get when the worker is told to end, in milliseconds. */
  readonly grace: number;
  /** How long its event loop may stand still, in milliseconds; Infinity for ever. */
  readonly longestStall: number;
  readonly reopenLogs: () => void;
  /** Writes what is kept for the end of the event loop's turn. */
  readonly flushLogs: () => void;
  /** What the supervisor is told of it. */
  readonly log: { readonly lastError: LastError | undefined };
  /** Called when nothing is served any more. */
  readonly beforeExit: () => Promise<void> | undefined;
  /** What to tell the supervisor about an error of `open`. */
  readonly failure: (error: unknown) => StartFailure;
}

/** What an application that blocks in native code gets to return, in milliseconds. */
const PATIENCE = 1_000;

/** Signals of a terminal go to every process of it; what they mean is the supervisor's to say. */
const SUPERVISORS_SIGNALS = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGTTIN",
  "SIGTTOU",
] as const;

/** Runs in the worker process. */
export async function runServerWorker(options: ServerWorkerOptions): Promise<void> {
  const terminal = Terminal.own();
  for (const signal of SUPERVISORS_SIGNALS) {
    process.on(signal, () => {
      if (terminal?.isClosed === true) terminal.leave();
    });
  }
  process.once("disconnect", () => process.exit(0));
  if (!process.connected) process.exit(0);
  const { supervisor: parent, longestStall } = options;
  const watch = { parent, longestStall, patience: PATIENCE, descriptor: STALL_DESCRIPTOR };
  const serving = watchProcess(watch);
  let server: RunningServer;
  try {
    server = await options.open();
  } catch (error) {
    const failure = options.failure(error);
    await tell({ portico: "failed", ...failure });
    process.exit(failure.exitCode);
  }
  let listening: Promise<void> = Promise.resolve();
  process.on("message", (message) => {
    if (!isToWorker(message)) return;
    if (message.portico === "listen") listening = listen(server, options.backlog, message);
    else if (message.portico === "renew TLS") void renewTls(server, listening, message);
    else if (message.portico === "listen no more") void listenNoMore(server, message);
    else if (message.portico === "let go") void listenNoMore(server, message);
    else if (message.portico === "ping") void tellStatus(server, options);
    else if (message.portico === "reopen logs") options.reopenLogs();
    else if (message.portico === "leave") server.leave();
    else if (message.portico === "end keep-alive") server.endKeepAlive();
    else if (message.portico === "end worker") endWorker(message);
    else void end(server, options);
  });
  atStall(() => {
    server.giveUp("the event loop of its process stands still");
    options.flushLogs();
  });
  serving();
  server.start();
  await tell({ portico: "ready" });
}

async function end(server: RunningServer, options: ServerWorkerOptions): Promise<never> {
  await server.retire(options.grace);
  await tellStatus(server, options);
  await options.beforeExit();
  process.exit(0);
}

function tellStatus(
  { requestsServed, statistics }: RunningServer,
  { log: { lastError } }: ServerWorkerOptions,
): Promise<void> {
  const { workers } = engineGroup();
  return tell({ portico: "pong", requestsServed, statistics, lastError, workers });
}

/** It may have ended on the way here. */
function endWorker({ pid, how, why }: Told<"end worker">): void {
  endEngineWorker(pid, how, why);
}

type Told<Word extends ToWorker["portico"]> = Extract<ToWorker, { portico: Word }>;

async function listen(
  server: RunningServer,
  backlog: number,
  { addresses, place, tls }: Told<"listen">,
): Promise<void> {
  const sockets = addresses.map((address, index): Binding => {
    return { kind: "descriptor", descriptor: FIRST_SOCKET + index, address };
  });
  const share = place === undefined ? undefined : new OwnShare(SHARES_DESCRIPTOR, place);
  await server.listenAlso(withTls(sockets, tls), backlog, share);
}

/** What is only being opened is renewed too. */
async function renewTls(
  server: RunningServer,
  listening: Promise<void>,
  { tls }: Told<"renew TLS">,
): Promise<void> {
  await listening;
  await server.renewTls(tls);
}

async function listenNoMore(
  server: RunningServer,
  { portico, areShared }: Told<"listen no more" | "let go">,
): Promise<void> {
  await server.listenNoMore(areShared);
  if (portico === "let go") await server.letGo();
  await tell({ portico: "listens no more" });
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
