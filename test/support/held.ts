/** An application that stays in the middle of a request until the test lets it go on. */
import type { Application } from "../../src/wsgi/types.ts";

export interface Held {
  readonly application: Application;
  /** Resolves when a request that is held has reached the application. */
  readonly begun: Promise<void>;
  readonly goOn: () => void;
}

/** Holds requests for `path`; all, if none is given. */
export function held(path?: string): Held {
  let goOn: () => void = () => {};
  let begin: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const application: Application = async (environ, startResponse) => {
    if (path === undefined || environ.PATH_INFO === path) {
      begin();
      await released;
    }
    startResponse("200 OK", []);
    return [Buffer.from("done")];
  };
  return { application, begun, goOn };
}
