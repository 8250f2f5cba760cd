/** wsgi.input: every way to read it, with and without a body, however that was sent. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { chunked, type RequestParts } from "../../src/client/client-connection.ts";
import type { FieldList } from "../../src/client/field-list.ts";
import { test } from "./excepted.ts";
import type { Subject } from "./wsgi-contract.ts";

const LINES = "a\r\nbcdefghij\n\nlast";

/** What to call, and what it must give for LINES. */
const READINGS: readonly (readonly [how: string, results: readonly (string | string[])[]])[] = [
  ["read", [LINES]],
  ["read:-1", [LINES]],
  ["read:0,read:2,read", ["", "a\r", LINES.slice(2)]],
  ["read:100,read:100,read", [LINES, "", ""]],
  ["readline,readline,readline,readline,readline", ["a\r\n", "bcdefghij\n", "\n", "last", ""]],
  [
    "readline:2,readline:100,readline:4,readline:0,readline:-1",
    ["a\r", "\n", "bcde", "", "fghij\n"],
  ],
  ["readlines", [["a\r\n", "bcdefghij\n", "\n", "last"]]],
  ["readlines:1,readlines", [["a\r\n"], ["bcdefghij\n", "\n", "last"]]],
  ["iterate,iterate", [["a\r\n", "bcdefghij\n", "\n", "last"], []]],
  ["read:1,readline,iterate,read,readlines", ["a", "\r\n", ["bcdefghij\n", "\n", "last"], "", []]],
];

const CHUNKED: FieldList = [["Transfer-Encoding", "chunked"]];

/** The same body on the wire in different ways. */
const SENDINGS: Readonly<Record<string, RequestParts>> = {
  "with Content-Length": { body: LINES },
  "in one chunk": { fields: CHUNKED, body: chunked(LINES) },
  "with a chunk's border inside a line": {
    fields: CHUNKED,
    body: chunked(LINES.slice(0, 2), LINES.slice(2, 7), LINES.slice(7)),
  },
};

export function inputContract(subject: Subject): void {
  describe("wsgi.input", () => {
    for (const [way, parts] of Object.entries(SENDINGS)) {
      test(`can be read in every way when sent ${way}`, async () => {
        using connection = await subject().connect();
        for (const [how, results] of READINGS) {
          connection.request("POST", `/reads?how=${how}`, parts);
          const { body } = await connection.answer("POST");
          assert.deepEqual(JSON.parse(body.toString()), results, how);
        }
      });
    }

    test("is the same when the body comes byte by byte", async () => {
      using connection = await subject().connect();
      for (const parts of Object.values(SENDINGS)) {
        for (const byte of subject().bytes("POST", "/reads?how=readlines", parts)) {
          connection.socket.write(Buffer.of(byte));
        }
        const { body } = await connection.answer("POST");
        assert.deepEqual(JSON.parse(body.toString()), [["a\r\n", "bcdefghij\n", "\n", "last"]]);
      }
    });

    test("is at its end at once for a request without a body", async () => {
      const how = "read,read:10,readline,readline:3,readlines,iterate,read";
      const empty = ["", "", "", "", [], [], ""];
      for (const parts of [{}, { fields: CHUNKED, body: "0\r\n\r\n" }, { body: "" }]) {
        const { body } = await subject().ask("POST", `/reads?how=${how}`, parts);
        assert.deepEqual(JSON.parse(body.toString()), empty);
      }
    });

    test("ends at Content-Length and leaves the request behind it alone", async () => {
      using connection = await subject().connect();
      const second = subject().bytes("GET", "/starts_late");
      const first = subject().bytes("POST", "/reads?how=read:100,read", { body: "12345" });
      connection.send(Buffer.concat([first, second]));
      assert.equal((await connection.answer("POST")).body.toString(), '["12345",""]');
      assert.equal((await connection.answer()).body.toString(), "GET late");
    });

    test("brings 5 MB of any bytes unharmed, and takes them back", async () => {
      const bytes = Buffer.alloc(
        5_000_000,
        Buffer.from(Array.from({ length: 251 }, (_, at) => at)),
      );
      const size = bytes.length.toString(16);
      const inChunks = Buffer.concat([
        Buffer.from(`${size}\r\n`),
        bytes,
        Buffer.from("\r\n0\r\n\r\n"),
      ]);
      const asked = [
        subject().ask("POST", "/echo", { body: bytes }),
        subject().ask("POST", "/echo?pieces", { fields: CHUNKED, body: inChunks }),
      ];
      for (const answer of await Promise.all(asked)) {
        assert.equal(answer.isWhole, true);
        assert.ok(answer.body.equals(bytes), `${answer.body.length} bytes came back`);
      }
    });

    test("asks a client that waits for 100 Continue to go on, once", async () => {
      using connection = await subject().connect();
      const fields = [
        ["Expect", "100-continue"],
        ["Content-Length", "5"],
      ] as const;
      connection.request("POST", "/echo", { fields });
      assert.equal((await connection.head()).status, 100);
      connection.send("12345");
      const next = await connection.head();
      assert.equal(next.status, 200);
      assert.equal((await connection.behind(next)).body.toString(), "12345");
    });

    test("asks no HTTP/1.0 client to go on", async () => {
      using connection = await subject().connect();
      const fields = [["Expect", "100-continue"]] as const;
      connection.request("POST", "/echo", { fields, body: "12345", version: "HTTP/1.0" });
      assert.equal((await connection.head()).status, 200);
    });

    test("may stay unread: the next request on the connection is answered all the same", async () => {
      using connection = await subject().connect();
      for (const body of ["12345", "x".repeat(100_000)]) {
        connection.request("POST", "/ignores_body", { body });
        assert.equal((await connection.answer("POST")).body.toString(), "ignored");
      }
      connection.request("GET", "/starts_late");
      assert.equal((await connection.answer()).body.toString(), "GET late");
    });

    test("never looks whole when the client leaves in the middle of it", async () => {
      using connection = await subject().connect();
      const fields = [["Content-Length", "100"]] as const;
      connection.request("POST", "/echo", { fields, body: "only this" });
      connection.finish();
      assert.equal((await connection.answer("POST")).status, 400);
    });
  });
}
