/** close(): called exactly once on what the application returned, however its answer ends. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { test } from "./excepted.ts";
import type { Subject } from "./wsgi-contract.ts";

interface Outcome {
  readonly method?: string;
  readonly query: string;
  readonly status?: number;
  readonly isWhole?: boolean;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  "the body has ended": { query: "items=3" },
  "the body is empty": { query: "items=0" },
  "the first item raises": { query: "raise=0", status: 500 },
  "the second item raises": { query: "raise=1", isWhole: false },
  "the request is a HEAD": { method: "HEAD", query: "items=3" },
  "the request is a HEAD and the body endless": { method: "HEAD", query: "" },
  "the status has no body": { query: "items=3&status=204%20No%20Content", status: 204 },
  "the status has none and the body is endless": {
    query: "status=304%20Not%20Modified",
    status: 304,
  },
  "Content-Length is reached": { query: "length=25000" },
  "Content-Length is reached by the last item": { query: "length=30000&items=3" },
  "Content-Length is nothing and the body endless": { query: "length=0" },
  "Content-Length is missed": { query: "length=50000&items=3", isWhole: false },
};

/** In one process an application counts for all contracts. */
let lastId = 0;

function nextId(): string {
  lastId += 1;
  return `outcome-${lastId}`;
}

export function closeContract(subject: Subject): void {
  describe("close()", () => {
    for (const [name, outcome] of Object.entries(OUTCOMES)) {
      test(`is called once when ${name}`, async () => {
        const { method = "GET", query, status = 200, isWhole = true } = outcome;
        await using checkpoint = await Checkpoint.open();
        const id = nextId();
        const asked = subject().ask(method, `/closes?id=${id}&${checkpoint.query}&${query}`);
        await checkpoint.pass("close");
        const answer = await asked;
        assert.equal(answer.status, status);
        assert.equal(answer.isWhole, isWhole);
        assert.equal(await timesClosed(id), "1");
      });
    }

    test("is called once when the client leaves in the middle of an endless answer", async () => {
      await using checkpoint = await Checkpoint.open();
      using connection = await subject().connect();
      const id = nextId();
      connection.request("GET", `/closes?id=${id}&${checkpoint.query}`);
      await connection.take(20_000);
      connection.socket.destroy();
      await checkpoint.pass("close");
      assert.equal(await timesClosed(id), "1");
    });
  });

  async function timesClosed(id: string): Promise<string> {
    const { body } = await subject().ask("GET", `/closes?count&id=${id}`);
    return body.toString();
  }
}
