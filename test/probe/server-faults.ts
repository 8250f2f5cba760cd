/** Servers at fault that no middleware in TypeScript can make, and the rows that find them. */
import type { Expectations } from "../../src/probe/expectations.ts";

/** By the name that faulty_server.py has for it. */
export const PYTHON_FAULTS: Readonly<Record<string, readonly string[]>> = {
  takes_one_argument: ["file-arguments"],
  sends_at_once: ["file-not-returned"],
  goes_behind_middleware: ["file-behind-middleware"],
  starts_over: ["file-from-position", "file-to-length"],
  wants_a_descriptor: ["file-without-descriptor"],
  leaves_files_open: ["file-closed"],
  keeps_exc_info: ["exc-info-not-kept"],
};

/** What a server answers to whatever it is asked. */
export const WIRE_FAULTS: Readonly<
  Record<string, { readonly rows: readonly string[]; readonly answer: string }>
> = {
  "knows no date, and answers once": {
    rows: ["date-added", "pipelining"],
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
  },
  "frames twice": {
    rows: ["length-in-any-case"],
    answer:
      "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  },
  "cuts what it likes": {
    rows: ["optional-features"],
    answer: "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\n234",
  },
  "breaks down": {
    rows: ["expect-other"],
    answer: "HTTP/1.1 500 Failure\r\nContent-Length: 0\r\n\r\n",
  },
};

/** What a server was said to be started with, and was not. */
export const UNMET: Readonly<Record<string, Expectations>> = {
  "single-threaded": { threads: 1 },
  "environ-configured": { environ: { "probe.configured": "yes" } },
  "script-name-mounted": { mount: "/mounted" },
  "errors-logged": { log: () => "" },
};

/** Rows that no server fails, and why. */
export const NEVER_FAILED: Readonly<Record<string, string>> = {
  "application-documented": "documentation is for people to read",
  "variables-documented": "documentation is for people to read",
  "errors-documented": "documentation is for people to read",
  "extensions-step-aside": "what an extension replaces only its documentation says",
  "environ-tls": "the probe does not speak TLS",
  "close-at-shutdown": "a client cannot stop a server",
  "environ-of-process": "either is allowed, and told",
  "path-info-odd": "either is allowed, and told",
  "errors-buffered": "either is allowed, and told",
  "headers-changed": "either is allowed, and told",
  "ended-early": "either is allowed, and told",
  "message-appended": "either is allowed, and told",
  "file-wrapper": "either is allowed, and told",
  "file-length": "either is allowed, and told",
  "keep-alive-1.0": "either is allowed, and told",
};
