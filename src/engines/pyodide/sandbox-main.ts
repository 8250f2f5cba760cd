/** A process with an interpreter that is to reach nothing: its settings come by standard input. */
import { closeSync, constants, readFileSync, readSync, writeSync } from "node:fs";
import { BEGUN_AT, LIMIT_AT, readNumber, writeNumber } from "../cpython/begun-marker.ts";
import { AlertView } from "./alerting-marker.ts";
import { closeBuiltins } from "./closed-builtins.ts";
import { runInterpreter } from "./host.ts";
import { LOOK_SIGNAL } from "./look-signal.ts";
import type { Input } from "./sandboxed-interpreter.ts";

/** As in `worker.py`. */
const SOCKET = 3;
const MARKER = 4;

const RECEIVE_BYTES = 65_536;

/** Python looks for a signal some hundred thousand times a second. */
const LOOKS_PER_CHECK = 4096;

/** Milliseconds between checks of one that sleeps. */
const LONGEST_REST = 50;

/** What nobody sets. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

const room = new Uint8Array(RECEIVE_BYTES);

// A terminal and a service manager send these to every process; what they mean is the server's to say,
// and it ends this one by the socket. The loop that would call the listeners does not turn.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) process.on(signal, () => {});

const parent = process.ppid;
const alert = new AlertView(MARKER);
let looks = 0;

// Written by sandboxed-interpreter.ts.
const { inherited, ...settings } = JSON.parse(readFileSync(0, "utf8")) as Input;

// Two of them are others here: the socket and the marker.
for (const each of inherited) if (each > MARKER) closeSync(each);

// Emscripten asks this for the numbers of flags, and the permission model refuses it whole.
Object.assign(process, { binding: () => ({ fs: constants }) });

await runInterpreter(settings, {
  receive,
  send: writeAll,
  beforeApplication: closeBuiltins,
  interrupt: {
    get 0() {
      looks += 1;
      return looks % LOOKS_PER_CHECK === 0 ? signalNow() : 0;
    },
    // It is over when what was sent has been read.
    set 0(_none) {},
  },
  rest: (milliseconds) => {
    Atomics.wait(NEVER, 0, 0, Math.min(milliseconds, LONGEST_REST));
    // The look that follows is one that checks.
    looks = -1;
  },
  begin: (streamId) => {
    writeNumber(MARKER, streamId, BEGUN_AT);
    return readNumber(MARKER, LIMIT_AT);
  },
});

/** A socket that blocks cannot be asked whether there is something. */
function receive(isToWait: boolean): Uint8Array | undefined {
  if (!isToWait && !alert.isThereMore()) return undefined;
  const length = readSync(SOCKET, room, 0, RECEIVE_BYTES, null);
  alert.received(length);
  return room.slice(0, length);
}

function signalNow(): number {
  // Whoever computes or sleeps would not notice otherwise that the server has been killed.
  if (process.ppid !== parent) process.exit(0);
  return alert.isThereMore() ? LOOK_SIGNAL : 0;
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(SOCKET, bytes, at);
}
