/** A process with an interpreter that is to reach nothing: its settings come by standard input. */
import { constants, readFileSync, readSync, writeSync } from "node:fs";
import { closeBuiltins } from "./closed-builtins.ts";
import { runInterpreter } from "./host.ts";
import type { InterpreterSettings } from "./snapshot.ts";

/** As in `worker.py`. */
const SOCKET = 3;
const MARKER = 4;

const RECEIVE_BYTES = 65_536;

/** Python looks for a signal some hundred thousand times a second. */
const LOOKS_PER_CHECK = 4096;

/** Milliseconds between checks of one that sleeps. */
const LONGEST_REST = 1_000;

/** What nobody sets. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

const room = new Uint8Array(RECEIVE_BYTES);
const number = Buffer.alloc(4);

// A terminal and a service manager send these to every process; what they mean is the server's to say,
// and it ends this one by the socket. The loop that would call the listeners does not turn.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) process.on(signal, () => {});

const parent = process.ppid;
let looks = 0;

// Written by sandboxed-interpreter.ts.
const settings = JSON.parse(readFileSync(0, "utf8")) as InterpreterSettings;

// Emscripten asks this for the numbers of flags, and the permission model refuses it whole.
Object.assign(process, { binding: () => ({ fs: constants }) });

await runInterpreter(settings, {
  // A socket that blocks cannot be asked whether there is something.
  receive: (isToWait) =>
    isToWait ? room.slice(0, readSync(SOCKET, room, 0, RECEIVE_BYTES, null)) : undefined,
  send: writeAll,
  beforeApplication: closeBuiltins,
  interrupt: {
    // Never a signal.
    get 0() {
      looks += 1;
      if (looks % LOOKS_PER_CHECK === 0) endWithServer();
      return 0;
    },
    set 0(_none) {},
  },
  rest: (milliseconds) => {
    Atomics.wait(NEVER, 0, 0, Math.min(milliseconds, LONGEST_REST));
    endWithServer();
  },
  begin: (streamId) => {
    number.writeUInt32BE(streamId);
    writeSync(MARKER, number, 0, 4, 0);
    readSync(MARKER, number, 0, 4, 4);
    return number.readUInt32BE();
  },
});

/** Whoever computes or sleeps would not notice otherwise that the server has been killed. */
function endWithServer(): void {
  if (process.ppid !== parent) process.exit(0);
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(SOCKET, bytes, at);
}
