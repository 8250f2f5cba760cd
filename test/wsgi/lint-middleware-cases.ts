/** Each rule that binds a middleware, broken once. */
import type { Write } from "../../src/wsgi/types.ts";
import { type Case, closable, ITEM, inner, middleware, PLAIN } from "./lint-case.ts";

export const MIDDLEWARE_CASES: Readonly<Record<string, Case>> = {
  "middleware-blocks": {
    shows: "asked for another item before one came out for the last",
    run: middleware(inner(closable), (within) => async (given, startResponse) => {
      const body = await within(given, startResponse);
      const items: Uint8Array[] = [];
      for await (const item of body) items.push(item);
      await body.close?.();
      return [Buffer.concat(items)];
    }),
  },
  "middleware-close": {
    shows: "close() of the inner iterable was never called",
    run: middleware(inner(closable), (within) => async (given, startResponse) => {
      const body = await within(given, startResponse);
      return (async function* () {
        yield* body;
      })();
    }),
  },
  "middleware-write": {
    shows: "the server's write() was called for an item of the inner iterable",
    also: ["write-used"],
    run: middleware(
      inner(() => [ITEM]),
      (within) => async (given, startResponse) => {
        let write: Write = async () => {};
        const body = await within(given, (...start) => {
          write = startResponse(...start);
          return write;
        });
        for await (const item of body) await write(item);
        return [];
      },
    ),
  },
  "middleware-exc-info": {
    shows: "the inner application gave exc_info, and the server's start_response got none",
    run: middleware(
      (_environ, startResponse) => {
        startResponse("500 Oh", [...PLAIN], new Error("oh"));
        return [ITEM];
      },
      (within) => (given, startResponse) =>
        within(given, (status, headers) => startResponse(status, headers)),
    ),
  },
};
