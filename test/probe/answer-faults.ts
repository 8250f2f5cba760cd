/** Servers that call the application wrongly, or do something else with its answer. */
import type { Application, HeaderList, Middleware, ResponseBody } from "../../src/wsgi/types.ts";
import { bodyFault, collected, type Fault, inputFault, startFault, textFault } from "./fault.ts";

const callsTwice: Middleware = (application) => async (environ, startResponse) => {
  const body = await application({ ...environ }, () => async () => {});
  await body.close?.();
  return application(environ, startResponse);
};

const withThreeArguments: Middleware = (application) => (environ, startResponse) => {
  // A server at fault keeps no type.
  const called = application as (...given: unknown[]) => ResponseBody;
  return called(environ, startResponse, {});
};

/** The answer is this one where the application raises. */
const hidesErrors: Middleware = (application) => async (environ, startResponse) => {
  try {
    return [Buffer.concat(await collected(await application(environ, startResponse)))];
  } catch {
    startResponse("200 OK", [], new Error("hidden"));
    return [Buffer.from("fine")];
  }
};

const endsQuietly: Middleware = (application) => async (environ, startResponse) => {
  const body = await application(environ, startResponse);
  return (async function* () {
    try {
      yield* body;
    } catch {
      // What is raised in the middle ends the answer as if it were whole.
    }
  })();
};

const startsByItself: Middleware = (application) => (environ, startResponse) => {
  startResponse("200 OK", []);
  return application(environ, startResponse);
};

const hintless: Middleware = (application) => (environ, startResponse) =>
  application({ ...environ, "wsgi.early_hints": () => {} }, startResponse);

const neverCloses: Middleware = (application) => async (environ, startResponse) => {
  const body = await application(environ, startResponse);
  return (async function* () {
    yield* body;
  })();
};

const closesTwice: Middleware = (application) => async (environ, startResponse) => {
  const body = await application(environ, startResponse);
  return {
    async *[Symbol.asyncIterator]() {
      yield* body;
    },
    async close() {
      await body.close?.();
      await body.close?.();
    },
  };
};

const closesFirst: Middleware = (application) => async (environ, startResponse) => {
  const body = await application(environ, startResponse);
  await body.close?.();
  return body;
};

const takesListsAlone: Middleware = (application) => async (environ, startResponse) => {
  const body = await application(environ, startResponse);
  return Array.isArray(body) ? body : [];
};

const writesLate: Middleware = (application) => async (environ, startResponse) => {
  const written: Uint8Array[] = [];
  const body = await application(environ, (...given) => {
    startResponse(...given);
    return async (data) => {
      written.push(data);
    };
  });
  return [...(await collected(body)), ...written];
};

/** A second head is taken, and added to the first. */
const addsHeads: Middleware = (application) => (environ, startResponse) => {
  let first: HeaderList | undefined;
  return application(environ, (status, headers, excInfo) => {
    first ??= headers;
    return startResponse(status, headers === first ? headers : [...first, ...headers], excInfo);
  });
};

const wordless = (application: Application): Application => {
  return (environ, startResponse) =>
    application({ ...environ, "wsgi.errors": SILENT }, startResponse);
};

/** Takes no text beyond ASCII, and has no flush(). */
const SILENT = {
  write(text: string) {
    if (/[^\0-\x7f]/.test(text)) throw new Error("not ASCII");
  },
  writelines: () => {},
} as unknown as Parameters<Application>[0]["wsgi.errors"];

const CLOSE_ROWS = [
  ...["close-at-end", "close-when-empty", "close-when-raised", "close-when-first-raised"],
  ...["close-for-head", "close-for-204", "close-for-304", "close-at-length"],
  "close-when-client-leaves",
];

let processes = 0;

export const ANSWER_FAULTS: Readonly<Record<string, Fault>> = {
  "calls twice": { rows: ["called-once"], middleware: callsTwice },
  "has a new process for each request": textFault(["called-again", "survives-errors"], (text) => {
    processes += 1;
    return text.replace(/"process":\d+/, `"process":${processes}`);
  }),
  "gives three arguments": { rows: ["two-arguments"], middleware: withThreeArguments },
  "reads text": inputFault(["input-bytes"], (input) => ({
    read: async (size?: number) => String(await input.read(size)),
  })),
  "reads no lines": inputFault(["input-methods"], () => ({ readlines: undefined })),
  "gives nothing for a hint": inputFault(["input-readlines-hint", "input-readlines-reach"], () => ({
    readlines: () => Promise.resolve([]),
  })),
  "gives everything for no byte": inputFault(["input-sizes"], (input) => ({
    read: (size?: number) => input.read(size || undefined),
  })),
  "strips lines": inputFault(
    ["input-readline", "input-byte-by-byte", "chunked-lines"],
    (input) => ({
      readline: async (size?: number) => Buffer.from(String(await input.readline(size)).trimEnd()),
    }),
  ),
  "gives no body": inputFault(["chunked-body", "expect-continue"], () => ({
    read: () => Promise.resolve(Buffer.alloc(0)),
  })),
  "has no words": { rows: ["errors-methods", "errors-any-text"], middleware: wordless },
  "takes no exc_info": startFault(
    ["exc-info-optional", "exc-info-replaces", "exc-info-same"],
    (startResponse) => (status, headers, excInfo) => {
      if (excInfo !== undefined) throw new Error("two arguments");
      return startResponse(status, headers);
    },
  ),
  "adds heads up": { rows: ["exc-info-replaces"], middleware: addsHeads },
  "forgives late heads": startFault(["exc-info-too-late"], (startResponse) => (...given) => {
    try {
      return startResponse(...given);
    } catch {
      return async () => {};
    }
  }),
  "forgives second heads": startFault(
    ["second-start", "second-start-after-refusal"],
    (startResponse) => {
      let started = false;
      return (...given) => {
        if (started && given[2] === undefined) return async () => {};
        started = true;
        return startResponse(...given);
      };
    },
  ),
  "drops what is written": startFault(["write"], (startResponse) => (...given) => {
    startResponse(...given);
    return async () => {};
  }),
  "writes behind": { rows: ["write-then-items", "write-goes-out"], middleware: writesLate },
  "drops repeated headers": startFault(
    ["head-left-alone"],
    (startResponse) => (status, headers, excInfo) =>
      startResponse(status, [...new Map(headers)], excInfo),
  ),
  "collects items": bodyFault(
    ["item-goes-out-1", "item-goes-out-65536", "item-goes-out-16777216"],
    async function* (body) {
      yield* await collected(body);
    },
  ),
  "has lines end otherwise": textFault(["body-bytes"], (text) => text.replaceAll("\n", "\r\n")),
  "takes lists alone": {
    rows: ["any-iterable", "broken-length", "started-late", "ranges-and-codings", "framing-1.1"],
    middleware: takesListsAlone,
  },
  "looks into bodies": bodyFault(["only-iterated"], async function* (body) {
    if ("fileno" in body || Reflect.get(body, "fileno") !== undefined) return;
    yield* body;
  }),
  "takes text for bytes": bodyFault(["body-of-text"], async function* (body) {
    for await (const item of body) yield Buffer.from(item);
  }),
  "adds to bodies": bodyFault(["empty-body", "length-of-one"], async function* (body) {
    yield* body;
    yield Buffer.from("!");
  }),
  "fills bodies up": bodyFault(["length-underrun"], async function* (body) {
    yield* body;
    yield Buffer.alloc(64);
  }),
  "never closes": { rows: CLOSE_ROWS, middleware: neverCloses },
  "closes twice": { rows: CLOSE_ROWS, middleware: closesTwice },
  "closes first": { rows: ["raises-in-close"], middleware: closesFirst },
  "hides errors": {
    rows: ["raises-at-once", "raises-after-start", "raises-in-first-item"],
    middleware: hidesErrors,
  },
  "starts by itself": { rows: ["never-started"], middleware: startsByItself },
  "sends no hints": { rows: ["early-hints"], middleware: hintless },
  "ends quietly": { rows: ["raises-in-middle"], middleware: endsQuietly },
};
