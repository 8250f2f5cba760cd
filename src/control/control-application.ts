/** The application that operators ask: over the control socket, JSON for everything. */
import type { Logger } from "../log/logger.ts";
import type { Application, Environ } from "../wsgi/types.ts";
import type { Controlled } from "./controlled.ts";

/** What is asked of a server. */
interface Request {
  readonly server: Controlled;
  readonly parameters: URLSearchParams;
  readonly log: Logger;
}

interface Reply {
  readonly status: string;
  readonly value: unknown;
}

interface Route {
  readonly method: "GET" | "POST";
  readonly parameters?: readonly string[];
  readonly answer: (request: Request) => Promise<Reply> | Reply;
}

/** A request that cannot be done; the message says why. */
class RefusedCommand extends Error {
  override readonly name = "RefusedCommand";
  readonly status: string;

  constructor(status: string, message: string) {
    super(message);
    this.status = status;
  }
}

const OK = "200 OK";
const BAD_REQUEST = "400 Bad Request";
const NOT_FOUND = "404 Not Found";
const CONFLICT = "409 Conflict";
const FAILED = "500 Internal Server Error";

/** In the order of docs/control.md. */
const ROUTES: Readonly<Record<string, Route>> = {
  "/status": { method: "GET", answer: async ({ server }) => done(await server.status()) },
  "/workers": { method: "GET", answer: async ({ server }) => done(await server.group()) },
  "/config": { method: "GET", answer: ({ server }) => done({ settings: server.config }) },
  "/reload": { method: "POST", answer: reload },
  "/stop": { method: "POST", parameters: ["quick"], answer: stop },
  "/workers/add": { method: "POST", parameters: ["count"], answer: (asked) => resize(asked, 1) },
  "/workers/remove": {
    method: "POST",
    parameters: ["count"],
    answer: (asked) => resize(asked, -1),
  },
  "/workers/kill": { method: "POST", parameters: ["pid", "now"], answer: killWorker },
  "/reopen": { method: "POST", answer: reopen },
};

/** Every command, which is what changes something, is one line of the log. */
export function controlApplication(server: Controlled, log: Logger): Application {
  return async (environ, startResponse) => {
    const { status, value, allow } = await replyTo(environ, server, log);
    const text = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
    startResponse(status, [
      ["Content-Type", "application/json"],
      ["Content-Length", String(text.length)],
      ["Cache-Control", "no-store"],
      ...(allow === undefined ? [] : [["Allow", allow] as [string, string]]),
    ]);
    return [text];
  };
}

async function replyTo(
  environ: Environ,
  server: Controlled,
  log: Logger,
): Promise<Reply & { readonly allow?: string }> {
  const { REQUEST_METHOD: method, PATH_INFO: path, QUERY_STRING: query } = environ;
  // A prototype's names are no paths.
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined) {
    return problem(NOT_FOUND, `there is no ${path}; there are ${Object.keys(ROUTES).join(", ")}`);
  }
  if (method !== route.method && !(method === "HEAD" && route.method === "GET")) {
    const allow = route.method === "GET" ? "GET, HEAD" : route.method;
    return { ...problem("405 Method Not Allowed", `${path} is asked for by ${allow}`), allow };
  }
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !route.parameters?.includes(name));
  if (unknown !== undefined) {
    return problem(BAD_REQUEST, `${path} has no parameter ${JSON.stringify(unknown)}`);
  }
  try {
    return await route.answer({ server, parameters, log });
  } catch (error) {
    if (!(error instanceof RefusedCommand)) throw error;
    return problem(error.status, error.message);
  }
}

async function reload({ server, log }: Request): Promise<Reply> {
  demandStage(server, ["serving"]);
  log.info("Control: reload");
  const outcome = await server.reload();
  if (outcome.kind === "reloaded") return done({ outcome: "reloaded" });
  return { status: FAILED, value: { outcome: "failed", error: outcome.why } };
}

function stop({ server, parameters, log }: Request): Reply {
  const isQuick = isSwitchedOn(parameters, "quick");
  log.info(isQuick ? "Control: stop at once" : "Control: stop");
  // The answer leaves before the process may.
  setImmediate(() => server.stop(isQuick));
  return {
    status: "202 Accepted",
    value: { pid: process.pid, how: isQuick ? "quick" : "graceful" },
  };
}

async function resize({ server, parameters, log }: Request, sign: 1 | -1): Promise<Reply> {
  const count = numberIn(parameters, "count") ?? 1;
  demandStage(server, ["serving"]);
  const { wanted: before } = await server.group();
  log.info(`Control: ${sign > 0 ? "add" : "remove"} ${count}`);
  return done({ before, workers: server.resize(sign * count) });
}

function killWorker({ server, parameters, log }: Request): Reply {
  const pid = numberIn(parameters, "pid");
  if (pid === undefined) throw new RefusedCommand(BAD_REQUEST, "it needs pid=PID, of a worker");
  demandStage(server, ["serving", "stopping"]);
  const how = isSwitchedOn(parameters, "now") ? "kill" : "replace";
  log.info(`Control: ${how} worker (pid:${pid})`);
  if (!server.endWorker(pid, how, WHY[how])) {
    throw new RefusedCommand(NOT_FOUND, `no worker of this server has pid ${pid}`);
  }
  return done({ pid, how });
}

/** For the log: why a worker ended. */
const WHY = {
  replace: "an operator asked for another in its place",
  kill: "an operator killed it",
} as const;

function reopen({ server, log }: Request): Reply {
  log.info("Control: reopen logs");
  server.reopenLogs();
  return done({ reopened: true });
}

function done(value: unknown): Reply {
  return { status: OK, value };
}

function problem(status: string, error: string): Reply {
  return { status, value: { error } };
}

/** @throws {RefusedCommand} */
function demandStage(server: Controlled, stages: readonly Controlled["stage"][]): void {
  if (stages.includes(server.stage)) return;
  const verb = server.stage === "starting" ? "still starts" : "stops";
  throw new RefusedCommand(CONFLICT, `the server ${verb}`);
}

/** @throws {RefusedCommand} it is none */
function numberIn(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  const found = `${JSON.stringify(text)} is not a whole number of at least 1`;
  throw new RefusedCommand(BAD_REQUEST, `${name}: ${found}`);
}

/** @throws {RefusedCommand} it is said with neither word for it */
function isSwitchedOn(parameters: URLSearchParams, name: string): boolean {
  const text = parameters.get(name);
  if (text === null || text === "0") return false;
  if (text === "1") return true;
  throw new RefusedCommand(BAD_REQUEST, `${name}: ${JSON.stringify(text)} is not 1 or 0`);
}
