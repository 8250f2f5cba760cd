/** Answers as the JSON in its query string says; where start_response refuses, with a 555. */

import type { Application, HeaderList, Write } from "../../src/wsgi/types.ts";

export interface Told {
  readonly status?: unknown;
  readonly headers?: readonly (readonly unknown[])[];
  readonly written?: readonly string[];
  readonly items?: readonly string[];
  readonly lazily?: boolean;
}

const PLAIN: HeaderList[number] = ["Content-Type", "text/plain"];

export const application: Application = async (environ, startResponse) => {
  // What the test wrote into the query.
  const told = JSON.parse(decodeURIComponent(environ.QUERY_STRING)) as Told;
  let write: Write;
  try {
    // The sins of JavaScript applications: nothing checks their types.
    write = startResponse((told.status ?? "200 OK") as string, (told.headers ?? []) as HeaderList);
  } catch (error) {
    startResponse("555 Refused By start_response", [PLAIN], error as Error);
    return [Buffer.from("refused")];
  }
  for (const text of told.written ?? []) await write(Buffer.from(text, "latin1"));
  const items = (told.items ?? []).map((text) => Buffer.from(text, "latin1"));
  return told.lazily === true ? items.values() : items;
};
