/** What only Python applications have: file_wrapper, and the standard library's own judge. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldValue } from "../../src/client/field-list.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import type { Subject } from "./wsgi-contract.ts";

const CONTENT = Buffer.alloc(300_000, Buffer.from(Array.from({ length: 250 }, (_, at) => at)));

/** What `?way=` makes of the content. */
const WAYS: Readonly<Record<string, Buffer>> = {
  "way=file": CONTENT,
  "way=blocks": CONTENT,
  "way=memory": CONTENT,
  "way=file&seek=5": CONTENT.subarray(5),
  "way=memory&seek=5": CONTENT.subarray(5),
  "way=file&seek=300000": Buffer.alloc(0),
  "way=file&seek=5&length=3": CONTENT.subarray(5, 8),
  "way=memory&seek=5&length=3": CONTENT.subarray(5, 8),
  "way=file&length=300000": CONTENT,
  "way=dropped": Buffer.from("other"),
};

export function pythonContract(subject: Subject): void {
  describe("wsgi.file_wrapper", () => {
    for (const [query, content] of Object.entries(WAYS)) {
      test(`sends what belongs to ${query}`, async () => {
        const answer = await subject().ask("GET", `/sends_file?${query}`);
        assert.equal(answer.isWhole, true);
        assert.ok(answer.body.equals(content), `${answer.body.length} bytes came`);
      });
    }

    test("is iterated by middleware like any iterable, which may change every block", async () => {
      const { body } = await subject().ask("GET", "/sends_file?way=middleware");
      const reversed: Buffer[] = [];
      for (let at = 0; at < CONTENT.length; at += 65_536) {
        reversed.push(Buffer.from(CONTENT.subarray(at, at + 65_536)).reverse());
      }
      assert.ok(body.equals(Buffer.concat(reversed)));
    });

    for (const way of ["file", "memory"]) {
      for (const method of ["GET", "HEAD"]) {
        test(`closes a ${way} once it has answered a ${method}`, async () => {
          await using checkpoint = await Checkpoint.open();
          const asked = subject().ask(method, `/sends_file?way=${way}&${checkpoint.query}`);
          await checkpoint.pass("close");
          const answer = await asked;
          assert.equal(answer.body.length, method === "HEAD" ? 0 : CONTENT.length);
        });
      }
    }
  });

  describe("wsgiref.validate", () => {
    test("has nothing to say about this server", async () => {
      const before = subject().log.text.length;
      using connection = await subject().connect();
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        for (const target of ["/validated", "/validated/empty", "/validated/%ff%00?a=b"]) {
          const body = method === "POST" || method === "PUT" ? "hello" : "";
          connection.request(method, target, { body });
          const answer = await connection.answer(method);
          assert.equal(answer.status, target.endsWith("empty") ? 204 : 200, `${method} ${target}`);
          if (answer.status === 200 && method !== "HEAD")
            assert.equal(answer.body.toString(), body);
          assert.equal(fieldValue(answer.fields, "connection"), undefined);
        }
      }
      assert.doesNotMatch(subject().log.text.slice(before), /Assertion|Warning|garbage/);
    });
  });
}
