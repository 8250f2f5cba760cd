/** Reads wsgi.input as `?how=read:2,readline,...` says, and answers with what each call gave. */

import type { Application, InputStream } from "../../src/wsgi/types.ts";
import { query } from "./checkpoint.ts";

type Call = (body: InputStream, size?: number) => Promise<Uint8Array | Uint8Array[]>;

const CALLS: Readonly<Record<string, Call>> = {
  read: (body, size) => body.read(size),
  readline: (body, size) => body.readline(size),
  readlines: (body, hint) => body.readlines(hint),
  iterate: async (body) => {
    const lines: Uint8Array[] = [];
    for await (const line of body) lines.push(line);
    return lines;
  },
};

export const application: Application = async (environ, startResponse) => {
  const results: (string | string[])[] = [];
  for (const step of query(environ, "how").split(",")) {
    const [name = "", size] = step.split(":");
    const result = await CALLS[name]?.(
      environ["wsgi.input"],
      size === undefined ? undefined : Number(size),
    );
    if (Array.isArray(result)) results.push(result.map(textOf));
    else if (result !== undefined) results.push(textOf(result));
  }
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [Buffer.from(JSON.stringify(results))];
};

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
