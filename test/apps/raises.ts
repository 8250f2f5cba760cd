/** Throws `?when=called`, `started`, `written`, `first`, `second` or `closed`. */

import type { Application } from "../../src/wsgi/types.ts";
import { query, reach } from "./checkpoint.ts";

export const application: Application = async (environ, startResponse) => {
  const when = query(environ, "when");
  if (when === "called") throw new Error("raised when called");
  const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
  if (when === "started") throw new Error("raised when started");
  if (when === "written") {
    await write(Buffer.from("one"));
    await reach(environ, "one");
    throw new Error("raised when written");
  }
  return {
    async *[Symbol.asyncIterator]() {
      if (when === "first") throw new Error("raised when first");
      yield Buffer.from("one");
      await reach(environ, "one");
      if (when === "second") throw new Error("raised when second");
      yield Buffer.from("two");
    },
    close() {
      if (when === "closed") throw new Error("raised when closed");
    },
  };
};
