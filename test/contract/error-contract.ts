/** What goes wrong in an application: seen in the log, honest on the wire, and no end of the server. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { test } from "./excepted.ts";
import type { Subject } from "./wsgi-contract.ts";

export function errorContract(subject: Subject): void {
  describe("an error", () => {
    for (const when of ["called", "started", "first"]) {
      test(`when ${when} gives a 500 that tells nothing, and a log that tells all`, async () => {
        using connection = await subject().connect();
        connection.request("GET", `/raises?when=${when}`);
        const answer = await connection.answer();
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body.toString(), /raise/);
        await subject().log.said(new RegExp(`raised when ${when}`));
        connection.request("GET", "/starts_late");
        assert.equal((await connection.answer()).status, 200, "the connection goes on");
      });
    }

    for (const when of ["written", "second"]) {
      test(`when ${when} cuts the answer, so that it is not taken for a whole one`, async () => {
        for (const [version, start, ended] of [
          ["HTTP/1.1", "3\r\none\r\n", "closed"],
          ["HTTP/1.0", "one", "reset"],
        ] as const) {
          await using checkpoint = await Checkpoint.open();
          using connection = await subject().connect();
          connection.request("GET", `/raises?when=${when}&${checkpoint.query}`, { version });
          assert.equal((await connection.head()).status, 200);
          assert.equal((await connection.take(start.length)).toString(), start);
          await checkpoint.pass("one");
          assert.deepEqual(await connection.rest(), { bytes: Buffer.alloc(0), ended });
        }
        await subject().log.said(new RegExp(`raised when ${when}`));
      });
    }

    test("in close() is logged and leaves the answer whole", async () => {
      const answer = await subject().ask("GET", "/raises?when=closed");
      assert.equal(answer.body.toString(), "onetwo");
      assert.equal(answer.isWhole, true);
      await subject().log.said(/raised when closed/);
    });

    for (const what of ["text", "written", "item", "number", "none", "unstarted"]) {
      test(`of the kind "${what}" in place of a body gives a 500`, async () => {
        const answer = await subject().ask("GET", `/returns_nonsense?what=${what}`);
        assert.equal(answer.status, 500);
      });
    }

    test("of text behind bytes cuts the answer", async () => {
      const answer = await subject().ask("GET", "/returns_nonsense?what=late");
      assert.equal(answer.body.toString(), "bytes");
      assert.equal(answer.isWhole, false);
    });

    test("does not end the process, however often it comes", async () => {
      const process = async (): Promise<string | undefined> => {
        const { body } = await subject().ask("GET", "/counts");
        return body.toString().split(" ")[1];
      };
      const before = await process();
      using connection = await subject().connect();
      for (let error = 0; error < 100; error += 1) {
        connection.request("GET", "/raises?when=called");
        assert.equal((await connection.answer()).status, 500);
      }
      assert.equal(await process(), before);
    });

    test("that the application tells wsgi.errors is in the log, in any letters", async () => {
      const { log } = subject();
      const answer = await subject().ask("GET", "/complains");
      assert.equal(answer.body.toString(), "complained");
      await log.said(
        /one line\ntwo lines\nat once\ncaf\u00e9 \u20ac \u{1f600} .*\nwithout an end$/mu,
      );
    });
  });
}
