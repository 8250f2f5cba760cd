/** Requests for all that test/apps/everything answers, and the answers in a form to be compared. */

import type { RequestParts } from "../../src/client/client-connection.ts";
import type { FieldList } from "../../src/client/field-list.ts";
import type { Told } from "../apps/as_told.ts";
import type { ContractServer } from "./contract-server.ts";

export const TARGETS: readonly string[] = [
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

export const REQUESTS: readonly (readonly [method: string, parts: RequestParts])[] = [
  ["GET", {}],
  ["HEAD", {}],
  ["POST", { fields: [["Content-Type", "text/x"]], body: "one\ntwo\nthree" }],
  ["GET", { version: "HTTP/1.0" }],
];

/** All of an answer but what depends on the moment. */
export interface ShownAnswer {
  readonly status: number;
  readonly reason: string;
  readonly fields: FieldList;
  readonly body: string;
  /** Where that shows. */
  readonly isWhole?: boolean;
}

export async function shownAnswer(
  server: ContractServer,
  method: string,
  target: string,
  parts: RequestParts,
): Promise<ShownAnswer> {
  const { status, reason, fields, body, isWhole } = await server.ask(method, target, parts);
  const lasting = fields.filter(([name, value]) => name !== "Date" || value.includes("1994"));
  const text = body.toString("latin1");
  // Only a reset tells that a body without a length broke off, and libuv shows a reset that comes
  // together with the last bytes as an orderly end.
  const endShows = fields.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  return { status, reason, fields: lasting, body: text, ...(endShows && { isWhole }) };
}
