/** The body of an answer: what of it reaches the wire, when, and how it ends there. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Answer, ClientConnection, RequestParts } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import type { Told } from "../apps/as_told.ts";
import { test } from "./excepted.ts";
import type { Subject, Traits } from "./wsgi-contract.ts";

const BODIES: readonly { readonly told: Told; readonly body: string }[] = [
  { told: {}, body: "" },
  { told: { lazily: true }, body: "" },
  { told: { items: ["hello"] }, body: "hello" },
  { told: { items: ["a", "", "b"] }, body: "ab" },
  { told: { items: ["", "a", "", "", "b", ""], lazily: true }, body: "ab" },
  { told: { items: [""], lazily: true }, body: "" },
  { told: { items: ["\r\n0\r\n\r\n", "\u0000\u00ff"], lazily: true }, body: "\r\n0\r\n\r\n\0\xff" },
  { told: { written: ["a", "", "b"], items: ["c", "d"] }, body: "abcd" },
  { told: { written: ["a"], items: ["", "b"], lazily: true }, body: "ab" },
  { told: { written: [""], items: [] }, body: "" },
  { told: { written: ["a"], headers: [["Content-Length", "3"]], items: ["bc"] }, body: "abc" },
  { told: { headers: [["content-LENGTH", "2"]], items: ["a", "b"], lazily: true }, body: "ab" },
  { told: { headers: [["Content-Length", "0"]], items: [] }, body: "" },
];

/** Eleven bytes in several ways, for a Content-Length of five. */
const TOO_LONG: readonly Told[] = [
  { items: ["hello world"] },
  { items: ["hel", "lo w", "orld"] },
  { items: ["hel", "lo w", "orld"], lazily: true },
  { items: ["hello", " world"], lazily: true },
  { written: ["hello world"] },
  { written: ["hel", "lo w", "orld"] },
  { written: ["hello"], items: [" world"] },
  { written: ["hel"], items: ["lo world"], lazily: true },
];

const TOO_SHORT: readonly Told[] = [
  { items: ["hel", "lo"], lazily: true },
  { written: ["hello"] },
  { written: ["hel"], items: ["lo"] },
];

export function bodyContract(subject: Subject, traits: Traits): void {
  const target = (told: Told): string => `/as_told?${encodeURIComponent(JSON.stringify(told))}`;
  const tell = (told: Told, method = "GET", parts: RequestParts = {}): Promise<Answer> =>
    subject().ask(method, target(told), parts);

  describe("the body", () => {
    test("comes whole and in order, whatever it is made of, on a connection that goes on", async () => {
      using connection = await subject().connect();
      for (const { told, body } of BODIES) {
        connection.request("GET", target(told));
        const answer = await connection.answer();
        const name = JSON.stringify(told);
        assert.equal(answer.status, 200, name);
        assert.equal(answer.body.toString("latin1"), body, name);
        const isFramed = ["content-length", "transfer-encoding"].some(
          (field) => fieldValue(answer.fields, field) !== undefined,
        );
        assert.ok(isFramed, name);
      }
    });

    test("has its length said when it is complete, and is chunked when it is not", async () => {
      const whole = await tell({ items: ["hello"] });
      const [length, coding] = traits.keepsLists ? ["5", undefined] : [undefined, "chunked"];
      assert.equal(fieldValue(whole.fields, "content-length"), length);
      assert.equal(fieldValue(whole.fields, "transfer-encoding"), coding);
      const lazy = await tell({ items: ["he", "llo"], lazily: true });
      assert.equal(fieldValue(lazy.fields, "content-length"), undefined);
      assert.equal(fieldValue(lazy.fields, "transfer-encoding"), "chunked");
    });

    test("ends with the connection for an HTTP/1.0 client, which gets no chunks", async () => {
      const told = { items: ["he", "", "llo"], lazily: true };
      for (const fields of [[], [["Connection", "keep-alive"]]] as const) {
        const answer = await tell(told, "GET", { version: "HTTP/1.0", fields });
        assert.equal(answer.body.toString(), "hello");
        assert.equal(answer.isWhole, true);
        assert.equal(fieldValue(answer.fields, "transfer-encoding"), undefined);
        assert.equal(fieldValue(answer.fields, "connection"), "close");
      }
    });

    for (const [name, method, status] of [
      ["HEAD", "HEAD", "200 OK"],
      ["204", "GET", "204 No Content"],
      ["304", "GET", "304 Not Modified"],
    ] as const) {
      test(`is not sent with ${name}, and the next answer begins where it belongs`, async () => {
        using connection = await subject().connect();
        for (const told of BODIES.map((body) => body.told)) {
          connection.request(method, target({ ...told, status }));
          const answer = await connection.answer(method);
          assert.equal(`${answer.status} ${answer.reason}`, status);
          assert.equal(fieldValue(answer.fields, "transfer-encoding"), undefined);
          connection.request("GET", "/starts_late");
          assert.equal((await connection.answer()).body.toString(), "GET late");
        }
      });
    }

    test("of a HEAD may be left out by the application although its length is said", async () => {
      const headers = [["Content-Length", "50"]] as const;
      for (const told of [{ headers }, { headers, lazily: true }, { headers, items: ["x"] }]) {
        const answer = await tell(told, "HEAD");
        assert.equal(answer.status, 200);
        assert.equal(fieldValue(answer.fields, "content-length"), "50");
      }
    });

    test("longer than its Content-Length is cut there, and the next answer is unharmed", async () => {
      for (const told of TOO_LONG) {
        const name = JSON.stringify(told);
        using connection = await subject().connect();
        connection.request("GET", target({ ...told, headers: [["Content-Length", "5"]] }));
        assert.equal((await connection.answer()).body.toString(), "hello", name);
        connection.request("GET", "/starts_late");
        assert.equal((await connection.answer()).body.toString(), "GET late", name);
      }
    });

    test("shorter than its Content-Length ends the connection and is logged", async () => {
      for (const told of TOO_SHORT) {
        const answer = await tell({ ...told, headers: [["Content-Length", "50"]] });
        assert.equal(answer.status, 200);
        const body = answer.body.toString();
        // What TLS has not handed on yet ends with the connection.
        const isAll = subject().scheme === "http" ? body === "hello" : "hello".startsWith(body);
        assert.ok(isAll, `${body} of ${JSON.stringify(told)}`);
        assert.equal(answer.isWhole, false);
      }
      await subject().log.said(/45 bytes/);
    });

    test("shorter than its Content-Length is never taken for a whole one", async () => {
      const answer = await tell({ headers: [["Content-Length", "50"]], items: ["hello"] });
      assert.ok(answer.status === 500 || !answer.isWhole, `answered ${answer.status}`);
    });

    test("reaches the client item by item, each before the next is asked for", async () => {
      for (const size of [1, 65_536, 1_000_000]) {
        await using checkpoint = await Checkpoint.open();
        using connection = await subject().connect();
        connection.request("GET", `/one_by_one?written=2&size=${size}&${checkpoint.query}`);
        assert.equal((await connection.head()).status, 200);
        for (const letter of "abxyz") {
          const item = Buffer.alloc(size, letter);
          assert.ok((await takeChunked(connection, size)).equals(item), `item ${letter}`);
          await checkpoint.pass(`after ${letter}`);
        }
        assert.equal((await connection.chunk()).length, 0);
      }
    });

    test("of pipelined requests reaches the client item by item too", async () => {
      await using checkpoint = await Checkpoint.open();
      using connection = await subject().connect();
      connection.request("GET", `/one_by_one?${checkpoint.query}`);
      connection.request("GET", "/starts_late");
      await connection.head();
      for (const letter of "xyz") {
        assert.equal((await connection.chunk()).toString(), letter);
        await checkpoint.pass(`after ${letter}`);
      }
      assert.equal((await connection.chunk()).length, 0);
      assert.equal((await connection.answer()).body.toString(), "GET late");
    });
  });
}

/** So many bytes, in however many chunks. */
async function takeChunked(connection: ClientConnection, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let taken = 0; taken < size; ) {
    const chunk = await connection.chunk();
    assert.notEqual(chunk.length, 0, "the body has ended");
    chunks.push(chunk);
    taken += chunk.length;
  }
  return Buffer.concat(chunks);
}
