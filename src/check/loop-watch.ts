/** Watches this process's event loop from a thread of its own, and says where it stands still. */
import { setInterval } from "node:timers";
import { Worker } from "node:worker_threads";

/** How often the loop shows that it turns, and how often the thread looks, in milliseconds. */
const BEAT = 100;

/** Looks without a beat between them that make a stall; they are counted, so that a machine which gives
 * neither thread time makes none. */
const LOOKS = 15;

/** Calls that are named, the innermost of a stack that may be as deep as a recursion. */
const CALLS = 8;

/** What the two threads share: how often the loop has turned, and whether it serves. */
const BEATS = 0;
const SERVING = 1;

/**
 * No code of the loop's thread can run while it hangs, so the thread asks the inspector where it is.
 * Stalls are written by a system call: the thread's own messages would wait for the loop.
 */
const WATCH = `
const { workerData: { beats, descriptor, own } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const { Session } = require("node:inspector");
const { fileURLToPath } = require("node:url");

const session = new Session();
session.connectToMainThread();
const sources = new Map();
session.on("Debugger.scriptParsed", ({ params }) => sources.set(params.scriptId, params.url));
session.on("Debugger.paused", ({ params }) => {
  const isServing = Atomics.load(beats, ${SERVING}) === 1;
  const stack = params.callFrames.map(nameOf).filter((name) => name !== undefined).slice(0, ${CALLS});
  writeSync(descriptor, JSON.stringify({ milliseconds: ${LOOKS * BEAT}, isServing, stack }) + "\\n");
  session.post("Debugger.resume");
  session.post("Debugger.disable");
});

function nameOf({ functionName, location: { scriptId, lineNumber } }) {
  const url = sources.get(scriptId) ?? "";
  if (url === "" || url.startsWith("node:") || url.startsWith(own)) return undefined;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return (functionName || "a function") + " (" + path + ":" + (lineNumber + 1) + ")";
}

let seen = Atomics.load(beats, ${BEATS});
let looks = 0;
setInterval(() => {
  const now = Atomics.load(beats, ${BEATS});
  looks = now === seen ? looks + 1 : 0;
  seen = now;
  if (looks !== ${LOOKS}) return;
  session.post("Debugger.enable");
  session.post("Debugger.pause");
}, ${BEAT});
`;

/**
 * Writes a line of JSON, a `Stall`, to `descriptor` each time the loop stands still for long; what is
 * returned is to be told when requests are served.
 */
export function watchEventLoop(descriptor: number): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(8));
  setInterval(() => Atomics.add(beats, BEATS, 1), BEAT).unref();
  // Frames of this package are the server's and tell an application's author nothing.
  const own = new URL("..", import.meta.url).href;
  const workerData = { beats, descriptor, own };
  new Worker(WATCH, { eval: true, execArgv: [], env: {}, workerData }).unref();
  return () => void Atomics.store(beats, SERVING, 1);
}
