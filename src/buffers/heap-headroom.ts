/**
 * How much may be allocated until V8 collects the whole heap, as long as that is small.
 *
 * V8 counts received bytes as if they were old objects. Left alone it lets a heap of 9 MB grow by as
 * much again: a full collection, of some 20 ms, for every 9 MB of a body.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** V8 itself allows so many bytes outside of the heap. By then most have been found to be garbage. */
const HEADROOM_BYTES = 64 * 1024 ** 2;

/** How often the heap is looked at, in milliseconds. */
const EVERY = 1_000;

/** For processes that are a server and nothing else: the flag holds for all that runs in one. */
export function keepHeapHeadroom(): void {
  let before = 0;
  const look = (): void => {
    const percent = growingPercent(getHeapStatistics().used_heap_size);
    if (percent === before) return;
    before = percent;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  };
  look();
  setInterval(look, EVERY).unref();
}

/** By how much a heap may grow: to twice, as V8's own rule has it at least, or by the headroom. */
export function growingPercent(heapBytes: number): number {
  return heapBytes >= HEADROOM_BYTES ? 0 : Math.ceil((100 * HEADROOM_BYTES) / heapBytes);
}
