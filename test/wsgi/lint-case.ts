/** One rule of lint, broken once, and what such cases are made of. */
import type {
  Application,
  Environ,
  HeaderList,
  ResponseBody,
  StartResponse,
  Write,
} from "../../src/wsgi/types.ts";
import { answer, environWith, type KeptFindings } from "../support/linted.ts";

export interface Case {
  /** What the finding has to show. */
  readonly shows: string;
  /** Other rules that are broken with it, because one cannot be broken alone. */
  readonly also?: readonly string[];
  readonly run: (kept: KeptFindings) => Promise<unknown>;
}

export const PLAIN: HeaderList = [["Content-Type", "text/plain"]];
export const ITEM: Uint8Array = Buffer.from("item");

export const correct: Application = (_environ, startResponse) => {
  startResponse("200 OK", [...PLAIN]);
  return [ITEM];
};

/** A correct application behind a server whose environs have this in them. */
export function environ(changes: Readonly<Record<string, unknown>>): Case["run"] {
  return ({ lint }) => answer(lint(correct), environWith(changes));
}

/** This application behind a correct server. */
export function application(
  sinful: unknown,
  changes: Readonly<Record<string, unknown>> = {},
): Case["run"] {
  // Types hold no JavaScript application back.
  return ({ lint }) => answer(lint(sinful as Application), environWith(changes));
}

/** An application that starts its response like this. */
export function started(...parameters: readonly unknown[]): Case["run"] {
  return application((_environ: Environ, startResponse: (...given: unknown[]) => Write) => {
    startResponse(...parameters);
    return [];
  });
}

/** An application that gives one header. */
export function header(...pair: readonly unknown[]): Case["run"] {
  return started("200 OK", [pair]);
}

/** An application that returns this after a correct start. */
export function returned(
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
export function written(act: (write: Write) => unknown): Case["run"] {
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
export function server(act: (call: AnyCall, start: StartResponse) => unknown): Case["run"] {
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

export function inner(body: () => ResponseBody): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", [...PLAIN]);
    return body();
  };
}

export const closable = (): ResponseBody => ({
  [Symbol.iterator]: () => [Buffer.from("one"), Buffer.from("two")].values(),
  close() {},
});

/** A middleware with a lint on either side. */
export function middleware(
  within: Application,
  make: (application: Application) => Application,
): Case["run"] {
  return ({ lint }) => answer(lint(make(lint(within))));
}
