/**
 * Watches this process from a thread of its own, which no application can keep from running: ends it
 * with its parent, and says where its event loop stands still.
 */
import { setInterval } from "node:timers";
import { Worker } from "node:worker_threads";

export interface WatchOptions {
  /** This process ends when that one is its parent no more. */
  readonly parent: number;
  /** How long its event loop may stand still, in milliseconds; Infinity for ever. */
  readonly longestStall: number;
  /** What native code gets to return before it is said that nobody knows where it is, in milliseconds. */
  readonly patience: number;
  /** Where each {@link Stall} is written, as a line of JSON. */
  readonly descriptor: number;
}

/** An event loop that has not turned for a while. */
export interface Stall {
  /** It has not turned for so long, or longer. */
  readonly milliseconds: number;
  /** Whether requests were served already: to load an application may take its time. */
  readonly isServing: boolean;
  /** Where it is, the innermost calls, the first of all first: `application (/site/app.ts:7)`. */
  readonly stack: readonly string[];
  /** What it runs, where that is known: `GET /path`. */
  readonly request?: string;
}

/** How often the parent is looked at, in milliseconds. */
const PARENT_LOOK = 1_000;

/** Looks without a beat between them that make a stall; they are counted, so that a machine which gives
 * neither thread time makes none. */
const LOOKS = 15;

/** How often the loop shows that it turns at least, in milliseconds. */
const SLOWEST_BEAT = 250;

/** Calls that are named, the innermost of a stack that may be as deep as a recursion. */
const CALLS = 20;

/** What the two threads share: how often the loop has turned, and whether it serves. */
const BEATS = 0;
const SERVING = 1;

/** Where {@link atStall} leaves what is to be done; all copies of this package know it. */
const LAST_ACT = "portico.at stall";

/** The gateway's call of an application, which knows what is asked. */
const CALL = "runApplication";

/**
 * No code of the loop's thread runs while it stands still, but the inspector can stop it anywhere and run
 * some in between. The inspector is loaded when it is needed, since hardly any process ever does.
 * Stalls are written by a system call: the thread's own messages would wait for the loop.
 */
const WATCH = `
const { workerData } = require("node:worker_threads");
const { beats, parent, every, looks: most, longestStall, patience, descriptor, own } = workerData;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, ${PARENT_LOOK});

let seen = Atomics.load(beats, ${BEATS});
let looks = 0;
if (most !== Infinity) setInterval(() => {
  const now = Atomics.load(beats, ${BEATS});
  looks = now === seen ? looks + 1 : 0;
  seen = now;
  if (looks === most) askWhere();
}, every);

let session;
const sources = new Map();

function askWhere() {
  const { Session } = require("node:inspector");
  if (session === undefined) {
    session = new Session();
    session.connectToMainThread();
    session.on("Debugger.scriptParsed", ({ params }) => sources.set(params.scriptId, params.url));
  }
  const giveUp = () => tell({ stack: [] });
  const isInNativeCode = patience === Infinity ? undefined : setTimeout(giveUp, patience);
  // One of an earlier stall, in native code that has never let it in.
  session.removeAllListeners("Debugger.paused");
  session.once("Debugger.paused", ({ params: { callFrames } }) => {
    clearTimeout(isInNativeCode);
    const stack = callFrames.map(nameOf).filter((name) => name !== undefined).slice(0, ${CALLS});
    askRequest(callFrames, (request) => doLastAct(() => {
      tell({ stack, request });
      session.post("Debugger.resume");
      session.post("Debugger.disable");
    }));
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
}

function nameOf({ functionName, location: { scriptId, lineNumber } }) {
  const url = sources.get(scriptId) ?? "";
  if (url === "" || url.startsWith("node:") || url.startsWith(own)) return undefined;
  const path = url.startsWith("file:") ? require("node:url").fileURLToPath(url) : url;
  return (functionName || "a function") + " (" + path + ":" + (lineNumber + 1) + ")";
}

function askRequest(callFrames, take) {
  const call = callFrames.find(({ functionName, location: { scriptId } }) =>
    functionName === "${CALL}" && (sources.get(scriptId) ?? "").startsWith(own));
  if (call === undefined) return take(undefined);
  const expression = "environ.REQUEST_METHOD + ' ' + (environ.REQUEST_URI ?? environ.PATH_INFO)";
  const asked = { callFrameId: call.callFrameId, expression, silent: true, returnByValue: true };
  session.post("Debugger.evaluateOnCallFrame", asked, (_, answer) => take(answer?.result.value));
}

function doLastAct(take) {
  const isServing = Atomics.load(beats, ${SERVING}) === 1;
  if (!isServing) return take();
  const expression = 'globalThis[Symbol.for("${LAST_ACT}")]?.()';
  session.post("Runtime.evaluate", { expression, silent: true, returnByValue: true }, take);
}

function tell({ stack, request }) {
  const isServing = Atomics.load(beats, ${SERVING}) === 1;
  const stall = { milliseconds: longestStall, isServing, stack, request };
  require("node:fs").writeSync(descriptor, JSON.stringify(stall) + "\\n");
}
`;

/** What is returned is to be told when requests are served. */
export function watchProcess(options: WatchOptions): () => void {
  const { longestStall } = options;
  const beats = new Int32Array(new SharedArrayBuffer(8));
  const every = Math.min(SLOWEST_BEAT, longestStall / LOOKS);
  const looks = Math.ceil(longestStall / every);
  if (looks !== Number.POSITIVE_INFINITY) {
    setInterval(() => Atomics.add(beats, BEATS, 1), every).unref();
  }
  // Frames of this package are the server's and tell an application's author nothing.
  const own = new URL("..", import.meta.url).href;
  const workerData = { ...options, beats, every, looks, own };
  new Worker(WATCH, { eval: true, execArgv: [], env: {}, workerData }).unref();
  return () => void Atomics.store(beats, SERVING, 1);
}

/**
 * Has `act` called, by the inspector and in the midst of whatever runs, when the event loop has stood
 * still for too long while requests are served. It must not wait for anything, since nothing comes.
 */
export function atStall(act: () => void): void {
  (globalThis as Record<symbol, unknown>)[Symbol.for(LAST_ACT)] = act;
}
