/** What an application is tried with, step by step. */
import { chunked, type RequestParts } from "../client/client-connection.ts";
import { conditionalRequests } from "./conditional.ts";
import { headAsGet } from "./head-as-get.ts";
import { ranges } from "./ranges.ts";
import type { Visitor } from "./visitor.ts";

/** One kind of request, or a few that belong together. */
export interface Step {
  /** As the report counts it: `bodies`. */
  readonly name: string;
  /** Whether it is done for each path, or once for `/`. */
  readonly for: "each path" | "once";
  readonly run: (visitor: Visitor, path: string) => Promise<void>;
}

type Request = readonly [method: string, target: string, parts?: RequestParts];

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"];

const FORM = "application/x-www-form-urlencoded";
const BOUNDARY = "portico-check";
const MULTIPART = [
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n\r\nZo\xc3\xab\r\n`,
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n`,
  `Content-Type: application/octet-stream\r\n\r\n\x00\xff\r\n--${BOUNDARY}--\r\n`,
].join("");

const MEGABYTE = Buffer.alloc(1024 ** 2, "portico\n");

const BODIES: readonly RequestParts[] = [
  { fields: [["Content-Length", "0"]] },
  typed(FORM, "name=Zo%C3%AB&colour=red&colour=blue&empty="),
  typed("application/json", '{"name": "Zo\xc3\xab", "numbers": [1, 2.5, null]}'),
  typed("application/json", "{not JSON"),
  typed(`multipart/form-data; boundary=${BOUNDARY}`, MULTIPART),
  typed("text/plain; charset=utf-8", "one\r\ntwo\nthree"),
  { body: "of no type" },
  { fields: [["Content-Type", "application/octet-stream"]], body: MEGABYTE },
  {
    fields: [
      ["Content-Type", FORM],
      ["Transfer-Encoding", "chunked"],
    ],
    body: chunked("name=", "Zo%C3%AB"),
  },
];

/** Paths that few applications have, and every application is asked for. */
const ODD_TARGETS = [
  "/caf%C3%A9/%E5%90%8D",
  "/a%2Fb",
  "//",
  "//a//b/",
  "/%FF%FE",
  "/a/../b/./c",
  "/a%20b;p=1",
  "/%0D%0AX-Injected:%20yes",
  "/?",
  "/?a=1&a=2&&=&b",
  "/?%FF=%0A%00",
  `/?long=${"x".repeat(6_000)}`,
];

const MANY_FIELDS = Array.from({ length: 60 }, (_, at) => [`X-Field-${at}`, "v"] as const);

/** More than the environs that lint remembers. */
const LATER_REQUESTS = 40;

/** How many requests are open at a time, and how often. */
const CROWD = 8;
const CROWDS = 2;

export const BATTERY: readonly Step[] = [
  step("methods", "each path", (path) => METHODS.map((method) => [method, path])),
  { name: "HEAD against GET", for: "each path", run: headAsGet },
  step("bodies", "each path", (path) => [
    ...BODIES.map((parts): Request => ["POST", path, parts]),
    ["PUT", path, typed("application/json", "[]")],
    ["GET", path, { body: "nobody expects it" }],
  ]),
  { name: "conditional requests", for: "each path", run: conditionalRequests },
  { name: "ranges", for: "each path", run: ranges },
  step("HTTP/1.0", "each path", (path) => [
    ["GET", path, { version: "HTTP/1.0" }],
    ["POST", path, { version: "HTTP/1.0", ...typed(FORM, "a=1") }],
  ]),
  step("header fields", "each path", (path) => [
    ["GET", path, { fields: MANY_FIELDS }],
    ["GET", path, { fields: repeated("Cookie", "a=1; b=2", "c=3", "broken", "d=\xe9") }],
    ["GET", path, { fields: repeated("Accept", "*/*", "text/html;q=0.5", "") }],
    ["GET", path, { fields: [["Accept-Encoding", "gzip, br"]] }],
    ["GET", path, { fields: [["Authorization", "Basic bm90OmI="]] }],
  ]),
  step("odd paths", "once", () => ODD_TARGETS.map((target) => ["GET", target])),
  { name: "clients that leave", for: "each path", run: departures },
  { name: "crowds", for: "each path", run: crowds },
  step("later requests", "once", (path) =>
    Array.from({ length: LATER_REQUESTS }, (): Request => ["GET", path]),
  ),
];

/** A step of requests whose answers owe no more than every answer does. */
function step(
  name: string,
  whatFor: Step["for"],
  requests: (path: string) => readonly Request[],
): Step {
  const run = async (visitor: Visitor, path: string): Promise<void> => {
    for (const request of requests(path)) await visitor.ask(...request);
  };
  return { name, for: whatFor, run };
}

async function departures(visitor: Visitor, target: string): Promise<void> {
  await visitor.leave({ method: "GET", target, rest: "\r\n" }, "at once");
  await visitor.leave({ method: "GET", target, rest: "\r\n" }, "after the head");
  const half = `Content-Type: ${FORM}\r\nContent-Length: 100000\r\n\r\nhalf=`;
  await visitor.leave({ method: "POST", target, rest: half }, "at once");
  await visitor.ask("GET", target);
}

async function crowds(visitor: Visitor, path: string): Promise<void> {
  const alone = await visitor.ask("GET", path);
  if (alone === undefined) return;
  for (let crowd = 0; crowd < CROWDS; crowd += 1) {
    const asked = Array.from({ length: CROWD }, () => visitor.ask("GET", path));
    const different = (await Promise.all(asked)).find(
      (answer) => answer !== undefined && answer.status !== alone.status,
    );
    if (different === undefined) continue;
    const evidence = `GET is answered ${alone.status} alone, and ${different.status} among ${CROWD}`;
    visitor.find("same-in-a-crowd", evidence, `GET ${path}`);
  }
}

function typed(type: string, body: string): RequestParts {
  return { fields: [["Content-Type", type]], body };
}

function repeated(name: string, ...values: readonly string[]): [string, string][] {
  return values.map((value) => [name, value]);
}
