/** Gives `?what=` where bytes belong: `text`, `written`, `item`, `late`, `number`, `none`; or `unstarted`. */

import type { Application, ResponseBody } from "../../src/wsgi/types.ts";
import { query } from "./checkpoint.ts";

const NONSENSE: Readonly<Record<string, () => unknown>> = {
  text: () => "text",
  written: () => [],
  item: () => ["text"],
  number: () => 42,
  none: () => null,
  late,
};

export const application: Application = (environ, startResponse) => {
  const what = query(environ, "what");
  if (what === "unstarted") return [Buffer.from("no head")];
  const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
  // No type holds a JavaScript application back from this.
  if (what === "written") void write("text" as unknown as Uint8Array);
  return NONSENSE[what]?.() as ResponseBody;
};

function* late(): Generator<unknown> {
  yield Buffer.from("bytes");
  yield "text";
}
