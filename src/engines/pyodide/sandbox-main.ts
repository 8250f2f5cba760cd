/** A process with an interpreter that is to reach nothing: its settings come by standard input. */
import { closeSync, constants, readFileSync, readSync, writeSync } from "node:fs";
import { closeBuiltins } from "./closed-builtins.ts";
import { runInterpreter } from "./host.ts";
import type { Input } from "./sandboxed-interpreter.ts";

/** As in `worker.py`. */
const SOCKET = 3;
const MARKER = 4;

const RECEIVE_BYTES = 65_536;
const room = new Uint8Array(RECEIVE_BYTES);
const number = Buffer.alloc(4);

// Written by sandboxed-interpreter.ts.
const { inherited, ...settings } = JSON.parse(readFileSync(0, "utf8")) as Input;

// Two of them are others here: the socket and the marker.
for (const each of inherited) if (each > MARKER) closeSync(each);

// Emscripten asks this for the numbers of flags, and the permission model refuses it whole.
Object.assign(process, { binding: () => ({ fs: constants }) });

await runInterpreter(settings, {
  // A socket that blocks cannot be asked whether there is something.
  receive: (isToWait) =>
    isToWait ? room.slice(0, readSync(SOCKET, room, 0, RECEIVE_BYTES, null)) : undefined,
  send: writeAll,
  beforeApplication: closeBuiltins,
  begin: (streamId) => {
    number.writeUInt32BE(streamId);
    writeSync(MARKER, number, 0, 4, 0);
    readSync(MARKER, number, 0, 4, 4);
    return number.readUInt32BE();
  },
});

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(SOCKET, bytes, at);
}
