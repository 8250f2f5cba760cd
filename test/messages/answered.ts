/** What an application answers to an environ that a test has made. */
import { testEnviron } from "../../src/testing/test-environ.ts";
import type { Application, Environ, HeaderList } from "../../src/wsgi/types.ts";

export interface Asked {
  readonly method?: string;
  readonly target?: string;
  readonly scheme?: "http" | "https";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export function environOf({
  method = "GET",
  target = "/",
  scheme,
  signal,
  ...rest
}: Asked): Environ {
  const environ = testEnviron(method, target, rest);
  if (scheme !== undefined) environ["wsgi.url_scheme"] = scheme;
  if (signal !== undefined) environ["portico.closed"] = signal;
  return environ;
}

export interface Head {
  readonly status: string;
  readonly headers: HeaderList;
}

/** The head alone; the body is closed unread. */
export async function runForHead(application: Application, asked: Asked = {}): Promise<Head> {
  let head: Head | undefined;
  const body = await application(environOf(asked), (status, headers) => {
    head = { status, headers };
    return async () => {};
  });
  await body.close?.();
  if (head === undefined) throw new Error("the application answered nothing");
  return head;
}
