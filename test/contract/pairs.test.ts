/** The same application in TypeScript and in Python gives the same answer, byte for byte, in each way in. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Answer, RequestParts } from "../../src/client/client-connection.ts";
import type { Told } from "../apps/as_told.ts";
import { ContractServer } from "./contract-server.ts";
import { ENGINES, WAYS } from "./matrix.ts";

const TARGETS: readonly string[] = [
  "/as_told?%7B%7D",
  ...[
    { items: ["hello"] },
    { items: ["he", "", "llo"], lazily: true },
    { items: [], lazily: true },
    { items: [""] },
    { items: ["hello"], headers: [["Content-Length", "3"]] },
    { items: ["he", "llo"], headers: [["Content-Length", "3"]], lazily: true },
    { items: ["hello"], headers: [["content-length", "5"]] },
    { items: [], headers: [["Content-Length", "0"]] },
    { items: ["x"], headers: [["Date", "Sun, 06 Nov 1994 08:49:37 GMT"]] },
    { items: ["x"], headers: [["Server", "its own"]] },
    { items: ["x"], status: "204 No Content" },
    { items: ["x"], status: "304 Not Modified", headers: [["ETag", '"x"']] },
    { items: ["x"], status: "404 Odd \u00e9" },
    { items: ["x"], headers: [["Connection", "close"]] },
    { items: ["x"], headers: [["X", "a\r\nb"]] },
    { written: ["a", "b"], items: ["c"] },
    { written: ["a"], headers: [["Content-Length", "2"]], items: ["bc"], lazily: true },
  ].map((told: Told) => `/as_told?${encodeURIComponent(JSON.stringify(told))}`),
  ...["plain", "refused", "unsent", "badly", "sent"].map((how) => `/starts_twice?how=${how}`),
  ...["called", "started", "first", "second", "closed"].map((when) => `/raises?when=${when}`),
  ...["text", "written", "item", "late", "number", "none", "unstarted"].map(
    (what) => `/returns_nonsense?what=${what}`,
  ),
  ...["items=3", "items=0", "length=25000", "length=0", "items=1&length=50000"].map(
    (query) => `/closes?${query}`,
  ),
  ...["way=early&link=a&link=b", "way=started&link=a", "way=late&link=a", "way=uncaught"].map(
    (query) => `/hints?${query}`,
  ),
  "/starts_late",
  "/ignores_body",
  "/one_by_one?written=2",
  "/echo",
  "/echo?pieces",
  "/empties_environ",
  "/complains",
  "/reads?how=readline,read:2,iterate,read",
];

const REQUESTS: readonly (readonly [method: string, parts: RequestParts])[] = [
  ["GET", {}],
  ["HEAD", {}],
  ["POST", { fields: [["Content-Type", "text/x"]], body: "one\ntwo\nthree" }],
  ["GET", { version: "HTTP/1.0" }],
];

/** Another engine with threads gives the same answers, or the contract is broken. */
const PAIR = ENGINES.filter(({ name }) => ["TypeScript", "Python on 1 thread"].includes(name));

for (const way of WAYS) {
  describe(`an application in both languages, ${way.name},`, () => {
    const served: ContractServer[] = [];
    before(async () => {
      for (const engine of PAIR) {
        served.push(new ContractServer(await way.serve(engine), way.prefix));
      }
      assert.equal(served.length, 2);
    });
    after(async () => {
      for (const one of served) await one[Symbol.asyncDispose]();
    });

    for (const target of TARGETS) {
      test(`answers ${decodeURIComponent(target)} alike`, async () => {
        for (const [method, parts] of REQUESTS) {
          const answers: unknown[] = [];
          for (const one of served) answers.push(comparable(await one.ask(method, target, parts)));
          assert.deepEqual(answers[1], answers[0], `${method} ${parts.version ?? ""}`);
        }
      });
    }
  });
}

/** All of an answer but what depends on the moment. */
function comparable({ status, reason, fields, body, isWhole }: Answer): unknown {
  const lasting = fields.filter(([name, value]) => name !== "Date" || value.includes("1994"));
  const text = body.toString("latin1");
  // Only a reset tells that a body without a length broke off, and libuv shows a reset that comes
  // together with the last bytes as an orderly end.
  const endShows = fields.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  return { status, reason, fields: lasting, body: text, ...(endShows && { isWhole }) };
}
