/** Lets a test know where an application is, and hold it there. */

import { connect } from "node:net";
import type { Environ } from "../../src/wsgi/types.ts";

/** The first value of a name in the query string. */
export function query(environ: Environ, name: string, otherwise = ""): string {
  return new URLSearchParams(environ.QUERY_STRING).get(name) ?? otherwise;
}

/** Tells the test behind `?checkpoint=PORT`, and waits until it says go on. */
export async function reach(environ: Environ, name: string): Promise<void> {
  const port = query(environ, "checkpoint");
  if (port === "") return;
  const test = connect(Number(port), "127.0.0.1");
  test.write(`${name}\n`);
  await new Promise<void>((resolve, reject) => {
    test.once("data", resolve);
    test.once("end", resolve);
    test.once("error", reject);
  });
  test.destroy();
}
