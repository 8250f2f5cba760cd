/** Sends `?written=N` items by write() and yields as many, each of `?size=N` bytes, and stops before the next of them. */

import type { Application, Environ } from "../../src/wsgi/types.ts";
import { query, reach } from "./checkpoint.ts";

export const application: Application = async (environ, startResponse) => {
  const size = Number(query(environ, "size", "1"));
  const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
  for (const letter of "abc".slice(0, Number(query(environ, "written", "0")))) {
    await write(Buffer.alloc(size, letter));
    await reach(environ, `after ${letter}`);
  }
  return items(environ, size);
};

async function* items(environ: Environ, size: number): AsyncGenerator<Uint8Array> {
  for (const letter of "xyz") {
    yield Buffer.alloc(size, letter);
    await reach(environ, `after ${letter}`);
  }
}
