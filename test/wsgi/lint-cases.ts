/** Each rule of lint, broken once: by a server, by an application, by a middleware. */
import type {
  Application,
  Environ,
  HeaderList,
  ResponseBody,
  StartResponse,
  Write,
} from "../../src/wsgi/types.ts";
import { answer, environWith, inputOf, type KeptFindings } from "../support/linted.ts";

export interface Case {
  /** What the finding has to show. */
  readonly shows: string;
  /** Other rules that are broken with it, because one cannot be broken alone. */
  readonly also?: readonly string[];
  readonly run: (kept: KeptFindings) => Promise<unknown>;
}

const PLAIN: HeaderList = [["Content-Type", "text/plain"]];
const ITEM = Buffer.from("item");

export const correct: Application = (_environ, startResponse) => {
  startResponse("200 OK", [...PLAIN]);
  return [ITEM];
};

/** A correct application behind a server whose environs have this in them. */
function environ(changes: Readonly<Record<string, unknown>>): Case["run"] {
  return ({ lint }) => answer(lint(correct), environWith(changes));
}

/** This application behind a correct server. */
function application(
  sinful: unknown,
  changes: Readonly<Record<string, unknown>> = {},
): Case["run"] {
  // Types hold no JavaScript application back.
  return ({ lint }) => answer(lint(sinful as Application), environWith(changes));
}

/** An application that starts its response like this. */
function started(...parameters: readonly unknown[]): Case["run"] {
  return application((_environ: Environ, startResponse: (...given: unknown[]) => Write) => {
    startResponse(...parameters);
    return [];
  });
}

/** An application that gives one header. */
function header(...pair: readonly unknown[]): Case["run"] {
  return started("200 OK", [pair]);
}

/** An application that returns this after a correct start. */
function returned(
  body: () => unknown,
  headers: HeaderList = PLAIN,
  status = "200 OK",
): Case["run"] {
  return application((_environ: Environ, startResponse: StartResponse) => {
    startResponse(status, [...headers]);
    return body();
  });
}

/** An application that writes, and returns what this does. */
function written(act: (write: Write) => unknown): Case["run"] {
  return application((_environ: Environ, startResponse: StartResponse) =>
    act(startResponse("200 OK", [...PLAIN])),
  );
}

type AnyCall = (
  environ: unknown,
  startResponse?: unknown,
  third?: unknown,
) => Promise<ResponseBody>;

/** What a server does with a correct application whose body has a close(). */
function server(act: (call: AnyCall, start: StartResponse) => unknown): Case["run"] {
  return async ({ lint }) => {
    const closable: Application = (_environ, startResponse) => {
      startResponse("200 OK", [...PLAIN]);
      return { [Symbol.iterator]: () => [ITEM, ITEM].values(), close() {} };
    };
    // A server may do what its types forbid.
    const call = lint(closable) as unknown as AnyCall;
    await act(call, () => async () => {});
  };
}

function inner(body: () => ResponseBody): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", [...PLAIN]);
    return body();
  };
}

const closable = (): ResponseBody => ({
  [Symbol.iterator]: () => [Buffer.from("one"), Buffer.from("two")].values(),
  close() {},
});

/** A middleware with a lint on either side. */
function middleware(
  within: Application,
  make: (application: Application) => Application,
): Case["run"] {
  return ({ lint }) => answer(lint(make(lint(within))));
}

export const SERVER_CASES: Readonly<Record<string, Case>> = {
  "call-two-arguments": {
    shows: "the application was called with 3 arguments",
    run: server(async (call, start) => (await call(environWith(), start, 3)).close?.()),
  },
  "start-response-callable": {
    shows: "start_response is undefined",
    also: ["raises"],
    run: ({ lint }) =>
      answer((given) => Reflect.apply(lint(correct), undefined, [given, undefined])),
  },
  "environ-plain": {
    shows: "the environ is a Map",
    run: ({ lint }) => answer(lint(correct), Object.assign(new Map(), environWith())),
  },
  "environ-required": {
    shows: "the environ lacks QUERY_STRING, wsgi.run_once",
    run: environ({ QUERY_STRING: undefined, "wsgi.run_once": undefined }),
  },
  "environ-strings": {
    shows: "REMOTE_PORT is a number",
    run: environ({ REMOTE_PORT: 5 }),
  },
  "environ-native": {
    shows: 'HTTP_X is "\u20ac"',
    run: environ({ HTTP_X: "\u20ac" }),
  },
  "environ-method": { shows: 'REQUEST_METHOD is ""', run: environ({ REQUEST_METHOD: "" }) },
  "environ-script-name": { shows: 'SCRIPT_NAME is "/"', run: environ({ SCRIPT_NAME: "/" }) },
  "environ-path-info": { shows: 'PATH_INFO is "*"', run: environ({ PATH_INFO: "*" }) },
  "environ-query-string": { shows: '"a b"', run: environ({ QUERY_STRING: "a b" }) },
  "environ-content-length": { shows: '"+5"', run: environ({ CONTENT_LENGTH: "+5" }) },
  "environ-server-name": { shows: "SERVER_NAME is empty", run: environ({ SERVER_NAME: "" }) },
  "environ-server-port": { shows: 'SERVER_PORT is ""', run: environ({ SERVER_PORT: "" }) },
  "environ-protocol": { shows: '"1.1"', run: environ({ SERVER_PROTOCOL: "1.1" }) },
  "environ-content-headers": {
    shows: 'HTTP_CONTENT_TYPE is "text/plain"',
    run: environ({ HTTP_CONTENT_TYPE: "text/plain" }),
  },
  "environ-proxy": { shows: 'HTTP_PROXY is "evil"', run: environ({ HTTP_PROXY: "evil" }) },
  "environ-wsgi-version": { shows: "[1, 1]", run: environ({ "wsgi.version": [1, 1] }) },
  "environ-url-scheme": { shows: '"ftp"', run: environ({ "wsgi.url_scheme": "ftp" }) },
  "environ-flags": { shows: "wsgi.multithread is 1", run: environ({ "wsgi.multithread": 1 }) },
  "environ-extension-names": {
    shows: 'an extension is named "Upper.Case"',
    run: environ({ "Upper.Case": 1 }),
  },
  "environ-input": {
    shows: "wsgi.input has no readlines, Symbol.asyncIterator",
    run: environ({ "wsgi.input": { read() {}, readline() {} } }),
  },
  "environ-errors": {
    shows: "wsgi.errors has no flush",
    run: environ({ "wsgi.errors": { write() {}, writelines() {} } }),
  },
  "start-response-returns-write": {
    shows: "start_response returned undefined",
    run: server(async (call) => {
      const body = await call(environWith(), () => undefined);
      await body.close?.();
    }),
  },
  "input-returns-bytes": {
    shows: "wsgi.input.read gave a string",
    run: application(
      async (given: Environ, startResponse: StartResponse) => {
        await given["wsgi.input"].read();
        return correct(given, startResponse);
      },
      { "wsgi.input": { ...inputOf(""), read: async () => "text" } },
    ),
  },
  "input-within-length": {
    shows: "wsgi.input.read(2) gave 5 bytes",
    run: application(
      async (given: Environ, startResponse: StartResponse) => {
        await given["wsgi.input"].read(2);
        return correct(given, startResponse);
      },
      { "wsgi.input": { ...inputOf(""), read: async () => Buffer.from("hello") } },
    ),
  },
  "iterated-after-close": {
    shows: "an item was asked for after close()",
    run: server(async (call, start) => {
      const body = (await call(environWith(), start)) as Iterable<Uint8Array> & ResponseBody;
      const items = body[Symbol.iterator]();
      await body.close?.();
      items.next();
    }),
  },
  "close-once": {
    shows: "close() was called a second time",
    run: server(async (call, start) => {
      const body = await call(environWith(), start);
      await body.close?.();
      await body.close?.();
    }),
  },
};

export const APPLICATION_CASES: Readonly<Record<string, Case>> = {
  "application-callable": {
    shows: "the application is an Array",
    also: ["raises"],
    run: application([]),
  },
  "returns-iterable": { shows: "the application returned a number", run: returned(() => 42) },
  "returns-no-string": {
    shows: "the application returned a Buffer itself",
    run: returned(() => Buffer.from("text")),
  },
  "body-bytes": { shows: 'an item of the body is the text "text"', run: returned(() => ["text"]) },
  "start-response-called": {
    shows: "start_response was not called before the first item",
    run: application(() => [ITEM]),
  },
  "start-response-arguments": {
    shows: "start_response was called with 4 arguments",
    run: started("200 OK", PLAIN, undefined, 4),
  },
  "start-response-twice": {
    shows: 'without exc_info, with the status "500 Oh"',
    run: application((_environ: Environ, startResponse: StartResponse) => {
      startResponse("200 OK", [...PLAIN]);
      startResponse("500 Oh", [...PLAIN]);
    }),
  },
  "exc-info-type": { shows: 'exc_info is "text"', run: started("500 Oh", PLAIN, "text") },
  "exc-info-trapped": {
    shows: "the application caught it and yielded an item",
    run: application(async function* (_environ: Environ, startResponse: StartResponse) {
      startResponse("200 OK", [...PLAIN]);
      yield ITEM;
      try {
        startResponse("500 Oh", [], new Error("oh"));
      } catch {
        yield ITEM;
      }
    }),
  },
  status: { shows: 'the status is "200"', run: started("200", PLAIN) },
  "headers-list": { shows: "the headers are a Map", run: started("200 OK", new Map()) },
  "header-pair": { shows: "header 1 is an array of 3", run: header("a", "b", "c") },
  "header-strings": { shows: "the value of the header X-Number is 5", run: header("X-Number", 5) },
  "header-name": { shows: 'a header is named "X Y:"', run: header("X Y:", "z") },
  "header-status": { shows: 'the header Status is "200"', run: header("Status", "200") },
  "header-value-control": {
    shows: 'the header X-Lines is "a\\r\\nb"',
    run: header("X-Lines", "a\r\nb"),
  },
  "header-latin-1": { shows: 'the header X-Euro is "\u20ac"', run: header("X-Euro", "\u20ac") },
  "header-hop-by-hop": {
    shows: 'the header Connection is "close"',
    run: header("Connection", "close"),
  },
  "content-type-missing": {
    shows: "the response 200 has a body and no Content-Type",
    run: returned(() => [ITEM], []),
  },
  "content-length-value": {
    shows: 'Content-Length is "five"',
    run: header("Content-Length", "five"),
  },
  "content-length-short": {
    shows: "Content-Length is 5, and the body has 4 bytes",
    run: returned(() => [ITEM], [...PLAIN, ["Content-Length", "5"]]),
  },
  "content-length-long": {
    shows: "Content-Length is 3, and the body has 4 bytes or more",
    run: returned(() => [ITEM], [...PLAIN, ["Content-Length", "3"]]),
  },
  "body-for-no-content": {
    shows: "a body of 4 bytes or more comes with the status 204",
    run: returned(() => [ITEM], [], "204 No Content"),
  },
  "input-past-end": {
    shows: "read(3) was called where CONTENT_LENGTH leaves 2",
    run: application(async (given: Environ, startResponse: StartResponse) => {
      await given["wsgi.input"].read(3);
      await given["wsgi.input"].read(3);
      return correct(given, startResponse);
    }),
  },
  "errors-text": {
    shows: "wsgi.errors.write was given a Buffer",
    run: application((given: Environ, startResponse: StartResponse) => {
      given["wsgi.errors"].write(Buffer.from("bytes") as unknown as string);
      return correct(given, startResponse);
    }),
  },
  "write-used": {
    shows: "write() was called",
    run: written(async (write) => {
      await write(ITEM);
      return [];
    }),
  },
  "write-bytes": {
    shows: 'write() was given the text "text"',
    also: ["write-used"],
    run: written(async (write) => {
      await write("text" as unknown as Uint8Array);
      return [];
    }),
  },
  "write-in-iteration": {
    shows: "write() was called after the iterable was returned",
    also: ["write-used"],
    run: written(async function* (write) {
      await write(ITEM);
      yield ITEM;
    }),
  },
  "write-after-end": {
    shows: "write() was called after the end of the response",
    also: ["write-used"],
    run: async ({ lint }) => {
      let kept: Write | undefined;
      const late: Application = (_environ, startResponse) => {
        kept = startResponse("200 OK", [...PLAIN]);
        return [];
      };
      await answer(lint(late));
      await kept?.(ITEM).catch(() => "as it should");
    },
  },
  "write-not-awaited": {
    shows: "the body ended while write() was still at work",
    also: ["write-used"],
    run: written((write) => {
      void write(ITEM);
      return [];
    }),
  },
  "environ-kept": {
    shows: 'after the end of its request, environ["shop.user"] was set',
    run: async ({ lint }) => {
      let last: Environ | undefined;
      const keeping: Application = (given, startResponse) => {
        if (last !== undefined) last["shop.user"] = "of another request";
        last = given;
        return correct(given, startResponse);
      };
      const linted = lint(keeping);
      await answer(linted);
      await answer(linted);
    },
  },
  "blocks-event-loop": {
    shows: "the application held the event loop for 50 ms or longer",
    run: application(correct, { "test.slow": true }),
  },
  raises: {
    shows: 'the application threw TypeError: "oh\\nno"',
    run: application(() => {
      throw new TypeError("oh\nno");
    }),
  },
};

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
