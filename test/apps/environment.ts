/** Answers with its environ, and with what is wrong about it. */

import type { Application, Environ } from "../../src/wsgi/types.ts";

export const application: Application = (...parameters) => {
  const [environ, startResponse] = parameters;
  const entries = Object.entries(environ);
  const complaints = [...complaintsAbout(environ)].sort();
  if (parameters.length > 2) complaints.push("called with more than environ and start_response");
  const report = {
    strings: Object.fromEntries(entries.filter(([, value]) => typeof value === "string")),
    flags: Object.fromEntries(entries.filter(([, value]) => typeof value === "boolean")),
    version: environ["wsgi.version"],
    complaints,
  };
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [Buffer.from(JSON.stringify(report))];
};

function* complaintsAbout(environ: Environ): Generator<string> {
  if (Object.getPrototypeOf(environ) !== Object.prototype) yield "the environ is no plain object";
  for (const [name, value] of Object.entries(environ)) {
    if (name.includes(".") && !/^[a-z0-9_]+\.[a-z0-9_.]+$/.test(name)) {
      yield `${name} is no name for an extension`;
    } else if (!name.includes(".") && typeof value !== "string") {
      yield `${name} is a ${typeof value}`;
    } else if (typeof value === "string" && /[^\0-\xff]/.test(value)) {
      yield `${name} holds more than latin-1`;
    }
  }
  const { read, readline, readlines, [Symbol.asyncIterator]: iterate } = environ["wsgi.input"];
  const { write, writelines, flush } = environ["wsgi.errors"];
  for (const method of [read, readline, readlines, iterate, write, writelines, flush]) {
    if (typeof method !== "function") yield "a stream lacks a method";
  }
  for (const hidden of ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"]) {
    if (hidden in environ) yield `${hidden} is there`;
  }
}
