/** Calls startResponse again: `?how=plain`, `refused`, `unsent`, `badly` or `sent`. */

import type { Application, HeaderList, ResponseBody, StartResponse } from "../../src/wsgi/types.ts";
import { query } from "./checkpoint.ts";

const PLAIN: HeaderList[number] = ["Content-Type", "text/plain"];
const FIRST: HeaderList = [PLAIN, ["X-First", "yes"]];
const REFUSED: HeaderList = [PLAIN, ["X-Bad", "a\r\nb"]];

const WAYS: Readonly<Record<string, (startResponse: StartResponse) => ResponseBody>> = {
  /** Without excInfo. */
  plain(startResponse) {
    startResponse("200 OK", FIRST);
    startResponse("200 Again", [PLAIN]);
    return [Buffer.from("never seen")];
  },

  /** Without excInfo, after a call that was refused. */
  refused(startResponse) {
    try {
      startResponse("200 OK", REFUSED);
    } catch {
      startResponse("200 Again", [PLAIN]);
    }
    return [Buffer.from("never seen")];
  },

  /** With excInfo, while nothing has been sent but an empty item. */
  *unsent(startResponse) {
    startResponse("200 OK", FIRST);
    yield Buffer.from("");
    startResponse("500 Mind Changed", [PLAIN, ["X-Second", "yes"]], new Error("changed its mind"));
    yield Buffer.from("second");
  },

  /** With excInfo, and headers that are refused: neither response is good. */
  badly(startResponse) {
    startResponse("200 OK", FIRST);
    try {
      startResponse("200 OK", REFUSED, new Error("changed its mind"));
    } catch {
      return [Buffer.from("never seen")];
    }
    return [Buffer.from("never seen")];
  },

  /** With excInfo, after the head: throws that very error. */
  *sent(startResponse) {
    startResponse("200 OK", FIRST);
    yield Buffer.from("first");
    const problem = new Error("too late");
    try {
      startResponse("500 Too Late", [PLAIN], problem);
    } catch (error) {
      if (error !== problem) yield Buffer.from("and another error was thrown");
      throw error;
    }
  },
};

export const application: Application = (environ, startResponse) => {
  return WAYS[query(environ, "how")]?.(startResponse) ?? [];
};
