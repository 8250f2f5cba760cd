/** Has an application, under a name that nobody looks for. */
import type { Application } from "../../../src/wsgi/types.ts";

export const site: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("Hello")];
};

export const title = "Hello";
