/** wsgi.early_hints: 103 responses that reach the client while the application still runs. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import type { AnswerHead } from "../../src/client/client-connection.ts";
import { resetNow } from "../../src/gateway/reset.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { test } from "./excepted.ts";
import { BAD_HEADERS, HOP_BY_HOP } from "./start-response-contract.ts";
import type { Subject } from "./wsgi-contract.ts";

const TOO_LATE = "ApplicationError: wsgi.early_hints called after the response began";

/** What the application sends for `link=`. */
const hintBytes = (link: string): string =>
  `HTTP/1.1 103 Early Hints\r\nLink: <${link}>; rel=preload\r\n\r\n`;

export function hintsContract(subject: Subject): void {
  /** What wsgi.early_hints and start_response say of the same header. */
  const opinions = async (header: unknown): Promise<readonly [string, string]> => {
    using connection = await subject().connect();
    connection.request(
      "GET",
      `/hints?way=refused&header=${encodeURIComponent(JSON.stringify(header))}`,
    );
    const head = await connection.head();
    assert.equal(head.status, 200, `${JSON.stringify(header)} was sent`);
    const { body } = await connection.behind(head);
    // The application answers with this.
    return JSON.parse(body.toString()) as [string, string];
  };

  describe("wsgi.early_hints", () => {
    for (const way of ["early", "started"]) {
      for (const links of [["/a.css"], ["/a.css", "/b.js"]]) {
        test(`called ${links.length} time(s) in the way "${way}" sends as many 103 before the 200`, async () => {
          using connection = await subject().connect();
          const query = links.map((link) => `&link=${link}`).join("");
          connection.request("GET", `/hints?way=${way}${query}`);
          const expected = `${links.map(hintBytes).join("")}HTTP/1.1 200 OK\r\n`;
          assert.equal((await connection.take(expected.length)).toString(), expected);
        });
      }
    }

    for (const method of ["GET", "HEAD"]) {
      test(`reaches the client of a ${method} while the application still runs`, async () => {
        await using checkpoint = await Checkpoint.open();
        using connection = await subject().connect();
        connection.request(method, `/hints?way=early&link=/a.css&${checkpoint.query}`);
        await checkpoint.pass("begun");
        const goOn = await checkpoint.reached("hinted");
        assert.equal(
          (await connection.take(hintBytes("/a.css").length)).toString(),
          hintBytes("/a.css"),
        );
        goOn();
        const answer = await connection.answer(method);
        assert.equal(answer.status, 200);
        assert.equal(answer.body.toString(), method === "HEAD" ? "" : "done");
      });
    }

    test("reaches the client behind the answers to the requests before it", async () => {
      await using checkpoint = await Checkpoint.open();
      using connection = await subject().connect();
      connection.request("GET", "/ignores_body");
      connection.request("GET", `/hints?way=early&link=/a.css&${checkpoint.query}`);
      connection.request("GET", "/ignores_body");
      await checkpoint.pass("begun");
      const goOn = await checkpoint.reached("hinted");
      assert.equal((await connection.answer()).body.toString(), "ignored");
      assert.equal((await connection.head()).status, 103);
      goOn();
      assert.equal((await connection.answer()).body.toString(), "done");
      assert.equal((await connection.answer()).body.toString(), "ignored");
    });

    test("sends an HTTP/1.0 client nothing, and is no error", async () => {
      using connection = await subject().connect();
      connection.request("GET", "/hints?way=early&link=/a.css", { version: "HTTP/1.0" });
      assert.equal((await connection.head()).status, 200);
      assert.equal((await connection.rest()).bytes.toString(), "done");
    });

    test("is an error in the application once the response has begun", async () => {
      const answer = await subject().ask("GET", "/hints?way=late&link=/a.css");
      assert.equal(answer.body.toString(), `one ${TOO_LATE}`);
    });

    test("of an earlier request writes into no later response", async () => {
      using connection = await subject().connect();
      connection.request("GET", "/hints?way=keep");
      assert.equal((await connection.answer()).body.toString(), "kept");
      connection.request("GET", "/hints?way=stale");
      const head = await connection.head();
      assert.equal(head.status, 200);
      assert.equal((await connection.behind(head)).body.toString(), TOO_LATE);
    });

    test("refuses what start_response refuses, in the same words, and sends nothing", async () => {
      const headers = BAD_HEADERS.filter(([name]) => name !== "Content-Length");
      for (const header of [...headers, ...HOP_BY_HOP.map((name) => [name, "close"]), 5]) {
        const [hints, start] = await opinions(header);
        assert.notEqual(hints, "", JSON.stringify(header));
        assert.equal(hints, start);
      }
    });

    test("refuses a Content-Length, for a 103 has no body", async () => {
      const [hints, start] = await opinions(["content-length", "2"]);
      assert.match(hints, /Content-Length stands in a response without a body/);
      assert.equal(start, "");
    });

    test("that refuses and is not caught makes the answer a 500", async () => {
      using connection = await subject().connect();
      connection.request("GET", "/hints?way=uncaught");
      assert.equal((await connection.answer()).status, 500);
      connection.request("GET", "/ignores_body");
      assert.equal((await connection.answer()).status, 200, "the connection goes on");
    });

    test("and 100 Continue both come before the answer", async () => {
      using connection = await subject().connect();
      connection.request("POST", "/hints?way=early&link=/a.css", {
        fields: [
          ["Expect", "100-continue"],
          ["Content-Length", "5"],
        ],
      });
      const heads: AnswerHead[] = [];
      for (let status = 0; status !== 100; status = heads.at(-1)?.status ?? 0) {
        heads.push(await connection.head());
      }
      connection.send("hello");
      let last = await connection.head();
      for (; last.status !== 200; last = await connection.head()) heads.push(last);
      assert.deepEqual(heads.map(({ status }) => status).sort(), [100, 103]);
      assert.equal((await connection.behind(last)).body.toString(), "hello");
    });

    test("is no error that anybody hears of when the client has left", async () => {
      await using checkpoint = await Checkpoint.open();
      const before = subject().log.text.length;
      using connection = await subject().connect();
      connection.request("GET", `/hints?way=early&link=/a.css&link=/b.js&${checkpoint.query}`);
      const goOn = await checkpoint.reached("begun");
      const gone = new Promise((resolve) => connection.socket.once("close", resolve));
      resetNow(connection.socket);
      await gone;
      // Refused by the server alone, which has then seen the other client's end.
      assert.equal((await subject().ask("GET", "no-target")).status, 400);
      goOn();
      await checkpoint.pass("hinted");
      assert.equal((await subject().ask("GET", "/ignores_body")).status, 200);
      assert.doesNotMatch(subject().log.text.slice(before), /hints|Traceback/);
    });
  });
}
