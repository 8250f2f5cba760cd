/** start_response: what it takes, what it refuses, and when it may be called again. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Answer } from "../../src/client/client-connection.ts";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import type { Told } from "../apps/as_told.ts";
import { test } from "./excepted.ts";
import type { Subject } from "./wsgi-contract.ts";

export const HOP_BY_HOP: readonly string[] = [
  ...["Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Trailers", "Upgrade"],
  ...["Proxy-Authenticate", "Proxy-Authorization", "transfer-encoding", "CONNECTION"],
];

const BAD_STATUSES = [
  ...["200", "20 OK", "2000 OK", "abc OK", "OK", "", " 200 OK", "099 Low"],
  ...["200 OK\n", "200 OK\r\nX-Injected: yes", "200 O\u0001K", "200 O\u0000K", "200 \u20ac"],
  ...["100 Continue", "101 Switching Protocols", "600 High"],
  ...[200, true],
];

/** The languages do not agree on these yet: STATUS of src/http/abnf.ts takes them. */
const DISPUTED_STATUSES = ["200  OK", "200 OK ", "200 "];

export const BAD_HEADERS: readonly (readonly unknown[])[] = [
  ["", "empty"],
  ["X Y", "space"],
  ["X:", "colon"],
  ["X\n", "line feed"],
  ["X\r\nInjected", "line end"],
  ["X\u00e9", "beyond ASCII"],
  ["X", "a\r\nX-Injected: yes"],
  ["X", "a\nb"],
  ["X", "a\r"],
  ["X", "a\u0000"],
  ["X", "a\u0001"],
  ["X", "a\u007f"],
  ["X", "\u20ac"],
  ["X", 5],
  [5, "X"],
  ["Content-Length", "-5"],
  ["Content-Length", "5, 5"],
  ["Content-Length", "five"],
  ["Content-Length", ""],
];

export function startResponseContract(subject: Subject): void {
  const tell = (told: Told): Promise<Answer> =>
    subject().ask("GET", `/as_told?${encodeURIComponent(JSON.stringify(told))}`);

  const statusesTaken = async (statuses: readonly unknown[]): Promise<unknown[]> => {
    const taken: unknown[] = [];
    for (const status of statuses) {
      const answer = await tell({ status, items: ["x"] });
      if (answer.status !== 555) taken.push(status);
    }
    return taken;
  };

  describe("start_response", () => {
    test("sends status and headers as they are: order, case, repetition, odd reasons", async () => {
      const headers = [
        ["x-lower", "1"],
        ["Set-Cookie", "a=1"],
        ["X-Empty", ""],
        ["Set-Cookie", "b=2"],
        ["X-Latin", "caf\u00e9\tand tab"],
        ["CONTENT-type", "text/plain"],
      ] as const;
      const answer = await tell({ status: "299 Odd: but (valid) \u00e9", headers, items: ["x"] });
      assert.equal(answer.status, 299);
      assert.equal(answer.reason, "Odd: but (valid) \u00e9");
      const sent = answer.fields.filter(([name]) => headers.some(([own]) => own === name));
      assert.deepEqual(sent, headers);
    });

    test("adds Date and Server once, and leaves an application its own", async () => {
      const usual = await tell({});
      assert.equal(fieldValues(usual.fields, "server").length, 1);
      assert.match(
        fieldValues(usual.fields, "date").join(),
        /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
      );
      const date = "Sun, 06 Nov 1994 08:49:37 GMT";
      const own = await tell({
        headers: [
          ["DATE", date],
          ["server", "its own"],
        ],
      });
      assert.deepEqual(fieldValues(own.fields, "date"), [date]);
      assert.deepEqual(fieldValues(own.fields, "server"), ["its own"]);
    });

    test("refuses hop-by-hop headers, in whatever case", async () => {
      for (const name of HOP_BY_HOP) {
        const answer = await tell({ headers: [[name, "close"]], items: ["x"] });
        assert.equal(answer.status, 555, name);
      }
    });

    test("refuses what is not a status", async () => {
      assert.deepEqual(await statusesTaken(BAD_STATUSES), []);
    });

    test("refuses a status with spaces around its reason, or without one", async () => {
      assert.deepEqual(await statusesTaken(DISPUTED_STATUSES), []);
    });

    test("refuses what is not a header, so that none can be injected", async () => {
      for (const header of BAD_HEADERS) {
        const answer = await tell({ headers: [header], items: ["x"] });
        assert.equal(answer.status, 555, JSON.stringify(header));
        assert.equal(fieldValue(answer.fields, "x-injected"), undefined);
      }
    });

    test("may be called as late as when the first item is asked for", async () => {
      const answer = await subject().ask("GET", "/starts_late");
      assert.equal(answer.status, 200);
      assert.equal(answer.body.toString(), "GET late");
    });

    test("called again with exc_info before the head is out replaces status and headers", async () => {
      const answer = await subject().ask("GET", "/starts_twice?how=unsent");
      assert.equal(answer.status, 500);
      assert.equal(answer.reason, "Mind Changed");
      assert.equal(fieldValue(answer.fields, "x-first"), undefined);
      assert.equal(fieldValue(answer.fields, "x-second"), "yes");
      assert.equal(answer.body.toString(), "second");
    });

    test("called again with exc_info after the head raises it, and the answer is cut", async () => {
      const answer = await subject().ask("GET", "/starts_twice?how=sent");
      assert.equal(answer.status, 200);
      assert.equal(answer.body.toString(), "first");
      assert.equal(answer.isWhole, false);
      await subject().log.said(/too late/);
    });

    for (const how of ["plain", "refused", "badly"]) {
      test(`called again in the way "${how}" makes the answer a 500`, async () => {
        const answer = await subject().ask("GET", `/starts_twice?how=${how}`);
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body.toString(), /never seen/);
      });
    }
  });
}
