/** Keeps the last visitor's environ, and writes into it when the next one comes. */
import type { Application, Environ } from "portico";

let last: Environ | undefined;

const application: Application = (environ, startResponse) => {
  if (last !== undefined) last["site.seen"] = true;
  last = environ;
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from("Hello")];
};

export default application;
