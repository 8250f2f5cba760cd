/** A thread with an interpreter: starts it, gives it what stands in for a socket, and runs it. */
import { writeSync } from "node:fs";
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { PyodideAPI } from "pyodide";
import { MarkerView } from "./shared-marker.ts";
import { loadInterpreter, showDirectory } from "./snapshot.ts";
import type { ThreadData } from "./thread-data.ts";

// What a thread is started with is what interpreter-thread.ts gives it.
const data = workerData as ThreadData;
const python = await loadInterpreter(data);
connectStreams(python);
for (const path of data.sitePackages) python.runPython(`import sys; sys.path.append(path)`, { locals: python.toPy({ path }) });
python.setInterruptBuffer(new Uint8Array(data.interrupt));
const main: unknown = python.pyimport("portico.interpreter_thread").main;
if (typeof main !== "function") throw new Error("portico.interpreter_thread has no main");
main(hostOf(python, data), python.pyimport("pyodide.ffi").to_js, `pyodide ${python.version}`);
process.exit(0);

function connectStreams(interpreter: PyodideAPI): void {
  // A thread's own streams go through the event loop of the process, which may be busy or ending.
  for (const [set, descriptor] of [
    [interpreter.setStdout, 1],
    [interpreter.setStderr, 2],
  ] as const) {
    set({ write: (bytes: Uint8Array) => writeSync(descriptor, bytes), isatty: false });
  }
}

/** What `portico.interpreter_thread` calls a host. */
function hostOf(interpreter: PyodideAPI, { port, mail, marker }: ThreadData) {
  const arrived = new Int32Array(mail);
  const view = new MarkerView(marker);
  return {
    receive: (isToWait: boolean) => receive(port, arrived, isToWait),
    send: (bytes: Uint8Array<ArrayBuffer>) => port.postMessage(bytes, [bytes.buffer]),
    begin: (streamId: number) => view.begin(streamId),
    read_marker: (at: number) => view.byteAt(at),
    show: (directory: string) => showDirectory(interpreter, directory),
    exit: (status: number) => process.exit(status),
  };
}

function receive(port: MessagePort, arrived: Int32Array, isToWait: boolean): Uint8Array | undefined {
  for (;;) {
    // Read before the look: what comes in between does not let it sleep.
    const seen = Atomics.load(arrived, 0);
    const received = receiveMessageOnPort(port);
    if (received !== undefined) return received.message;
    if (!isToWait) return undefined;
    Atomics.wait(arrived, 0, seen);
  }
}
