/** A thread of the server with an interpreter of its own. */
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { runInterpreter } from "./host.ts";
import { MarkerView } from "./shared-marker.ts";
import type { ThreadData } from "./thread-data.ts";

// What a thread is started with is what interpreter-thread.ts gives it.
const { port, mail, marker, interrupt, settings } = workerData as ThreadData;
const arrived = new Int32Array(mail);
const view = new MarkerView(marker);
const signal = new Int32Array(interrupt);

await runInterpreter(settings, {
  receive,
  send: (bytes) => port.postMessage(bytes, [bytes.buffer]),
  begin: (streamId, memoryBytes) => view.begin(streamId, memoryBytes),
  interrupt: new Uint8Array(interrupt),
  rest: (milliseconds) => Atomics.wait(signal, 0, 0, milliseconds),
});

function receive(isToWait: boolean): Uint8Array | undefined {
  for (;;) {
    // Read before the look: what comes in between does not let it sleep.
    const seen = Atomics.load(arrived, 0);
    const received = receiveMessageOnPort(port);
    if (received !== undefined) return received.message;
    if (!isToWait) return undefined;
    Atomics.wait(arrived, 0, seen);
  }
}
