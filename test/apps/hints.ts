/** Calls wsgi.early_hints in the `?way=` that it is asked to. */

import type { Application, EarlyHints, Environ, HeaderList } from "../../src/wsgi/types.ts";
import { query, reach } from "./checkpoint.ts";

const PLAIN: HeaderList[number] = ["Content-Type", "text/plain"];

let kept: EarlyHints = () => {};

const WAYS: Readonly<Record<string, Application>> = {
  /** One call for each `link=`; then the body of the request, or "done". */
  async early(environ, startResponse) {
    await hintLinks(environ);
    startResponse("200 OK", [PLAIN]);
    const body = await environ["wsgi.input"].read();
    return [body.length > 0 ? body : Buffer.from("done")];
  },

  /** The same after startResponse and an empty item: no head is out yet. */
  async *started(environ, startResponse) {
    startResponse("200 OK", [PLAIN]);
    yield Buffer.from("");
    await hintLinks(environ);
    yield Buffer.from("done");
  },

  /** After the head is out. */
  async *late(environ, startResponse) {
    startResponse("200 OK", [PLAIN]);
    yield Buffer.from("one ");
    try {
      await hintLinks(environ);
    } catch (error) {
      yield Buffer.from(String(error));
    }
  },

  /** Keeps the callable for a later request. */
  keep(environ, startResponse) {
    kept = hintsOf(environ);
    startResponse("200 OK", [PLAIN]);
    return [Buffer.from("kept")];
  },

  /** Calls that of the request that kept it. */
  stale(_environ, startResponse) {
    const text = errorOf(() => kept([["Link", "</stale.css>"]]));
    startResponse("200 OK", [PLAIN]);
    return [Buffer.from(text || "no error")];
  },

  /** Gives `header=` to both callables, and answers with what each says of it. */
  refused(environ, startResponse) {
    const given: unknown = JSON.parse(query(environ, "header"));
    // The sins of JavaScript applications: nothing checks their types.
    const headers = (Array.isArray(given) ? [given] : given) as HeaderList;
    const texts = [
      errorOf(() => hintsOf(environ)(headers)),
      errorOf(() => startResponse("200 OK", headers)),
    ];
    startResponse("200 OK", [PLAIN], new Error("only asked"));
    return [Buffer.from(JSON.stringify(texts))];
  },

  uncaught(environ) {
    hintsOf(environ)([["Connection", "close"]]);
    return [];
  },
};

export const application: Application = (environ, startResponse) => {
  return WAYS[query(environ, "way")]?.(environ, startResponse) ?? [];
};

async function hintLinks(environ: Environ): Promise<void> {
  await reach(environ, "begun");
  try {
    for (const link of new URLSearchParams(environ.QUERY_STRING).getAll("link")) {
      hintsOf(environ)([["Link", `<${link}>; rel=preload`]]);
    }
  } finally {
    await reach(environ, "hinted");
  }
}

function hintsOf(environ: Environ): EarlyHints {
  const hints = environ["wsgi.early_hints"];
  if (hints === undefined) throw new Error("there is no wsgi.early_hints");
  return hints;
}

function errorOf(call: () => void): string {
  try {
    call();
    return "";
  } catch (error) {
    return String(error);
  }
}
