/** Requests on their connection: one call each, in order, side by side where that is allowed. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { fieldValue } from "../../src/client/field-list.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { test } from "./excepted.ts";
import type { Subject, Traits } from "./wsgi-contract.ts";

export function connectionContract(subject: Subject, traits: Traits): void {
  const count = async (): Promise<number> => {
    const { body } = await subject().ask("GET", "/counts");
    return Number(body.toString().split(" ")[0]);
  };

  describe("a connection", () => {
    test("gives each request one call, and one that is none gives no call", async () => {
      const before = await count();
      using connection = await subject().connect();
      for (let request = 1; request <= 3; request += 1) {
        connection.request("GET", "/counts");
        assert.match(
          (await connection.answer()).body.toString(),
          new RegExp(`^${before + request} `),
        );
      }
      connection.send("GET /counts\r\n\r\n");
      assert.equal((await connection.answer()).status, 400);
      assert.equal(await count(), before + 4);
    });

    test("has HTTP/1.1 in every status line, whatever is asked and answered", async () => {
      const told = encodeURIComponent(JSON.stringify({ status: "204 No Content" }));
      const expecting = { fields: [["Expect", "100-continue"] as const], body: "12345" };
      for (const [request, statuses] of [
        [subject().bytes("GET", "/ignores_body"), [200]],
        [subject().bytes("GET", "/ignores_body", { version: "HTTP/1.0" }), [200]],
        [subject().bytes("GET", `/as_told?${told}`), [204]],
        [subject().bytes("GET", "/raises?when=called"), [500]],
        [subject().bytes("GET", "/hints?way=early&link=/a.css"), [103, 200]],
        ["POST /\r\n\r\n", [400]],
        [requestHead(subject().bytes("POST", "/echo", expecting)), [100]],
      ] as const) {
        using connection = await subject().connect();
        connection.send(request);
        for (const status of statuses) {
          const head = await connection.head();
          assert.deepEqual([head.version, head.status], ["HTTP/1.1", status]);
        }
      }
    });

    test("answers pipelined requests in their order", async () => {
      using connection = await subject().connect();
      const echo = (body: string): Buffer => subject().bytes("POST", "/echo", { body });
      const requests = [echo("1"), subject().bytes("HEAD", "/starts_late"), echo("2"), echo("3")];
      connection.send(Buffer.concat(requests));
      assert.equal((await connection.answer()).body.toString(), "1");
      assert.equal((await connection.answer("HEAD")).status, 200);
      assert.equal((await connection.answer()).body.toString(), "2");
      assert.equal((await connection.answer()).body.toString(), "3");
    });

    test("ends when the client wants it to, and after an HTTP/1.0 request", async () => {
      for (const parts of [
        { fields: [["Connection", "close"]] as const },
        { version: "HTTP/1.0" as const },
      ]) {
        using connection = await subject().connect();
        connection.request("GET", "/ignores_body", parts);
        const answer = await connection.answer();
        assert.equal(fieldValue(answer.fields, "connection"), "close");
        assert.deepEqual(await connection.rest(), { bytes: Buffer.alloc(0), ended: "closed" });
      }
    });

    test("of an HTTP/1.0 client that asks for it is kept where the answer has a length", async () => {
      const told = { headers: [["Content-Length", "4"]], items: ["kept"] };
      using connection = await subject().connect();
      for (let request = 0; request < 2; request += 1) {
        connection.request("GET", `/as_told?${encodeURIComponent(JSON.stringify(told))}`, {
          version: "HTTP/1.0",
          fields: [["Connection", "keep-alive"]],
        });
        const answer = await connection.answer();
        assert.equal(answer.body.toString(), "kept");
        assert.equal(fieldValue(answer.fields, "connection"), "keep-alive");
      }
    });

    test("that the client has half closed still gets its answer", async () => {
      using connection = await subject().connect();
      connection.request("GET", "/starts_late");
      connection.finish();
      assert.equal((await connection.answer()).body.toString(), "GET late");
      assert.equal((await connection.rest()).ended, "closed");
    });

    test("runs beside others exactly where wsgi.multithread says so", async () => {
      await using checkpoint = await Checkpoint.open();
      const asked = [0, 1].map(() => subject().ask("GET", `/counts?${checkpoint.query}`));
      const letFirstGoOn = await checkpoint.reached("counted");
      let hasFirstGoneOn = false;
      const second = checkpoint.reached("counted").then((letSecondGoOn) => {
        assert.equal(hasFirstGoneOn, !traits.multithread);
        letSecondGoOn();
      });
      if (traits.multithread) await second;
      hasFirstGoneOn = true;
      letFirstGoOn();
      await second;
      for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
    });
  });
}

/** What comes before the body. */
function requestHead(request: Buffer): Buffer {
  return request.subarray(0, request.indexOf("\r\n\r\n") + 4);
}
