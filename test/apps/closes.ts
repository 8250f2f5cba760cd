/**
 * Yields items until `?items=N` (for ever without), throws before `?raise=N`, and counts its
 * close() calls.
 *
 * `?status=` and `?length=` go into the head; `?count` answers with the number of calls for `?id=`.
 */

import type { Application, Environ, HeaderList } from "../../src/wsgi/types.ts";
import { query, reach } from "./checkpoint.ts";

const ITEM = Buffer.from("0123456789".repeat(1000));

const calls = new Map<string, number>();

export const application: Application = (environ, startResponse) => {
  const id = query(environ, "id");
  if (query(environ, "count", "no") !== "no") {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [Buffer.from(String(calls.get(id) ?? 0))];
  }
  const length = query(environ, "length");
  const headers: HeaderList = [["Content-Type", "text/plain"]];
  if (length !== "") headers.push(["Content-Length", length]);
  startResponse(query(environ, "status", "200 OK"), headers);
  return {
    [Symbol.iterator]: () => items(environ),
    async close() {
      calls.set(id, (calls.get(id) ?? 0) + 1);
      await reach(environ, "close");
    },
  };
};

function* items(environ: Environ): Generator<Uint8Array> {
  for (let number = 0; ; number += 1) {
    if (String(number) === query(environ, "raise")) throw new Error("raised in the middle");
    if (String(number) === query(environ, "items")) return;
    yield ITEM;
  }
}
