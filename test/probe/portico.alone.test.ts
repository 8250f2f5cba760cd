/** Portico serves others beside bad clients, as its probe measures: alone, since that takes time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BAD_CLIENT_ROWS } from "../../src/probe/rows/bad-client-rows.ts";
import { broken, ENGINES, judgedBy } from "./portico-engines.ts";

for (const engine of ENGINES) {
  describe(engine.name, () => {
    test("is served beside bad clients", async () => {
      assert.deepEqual(broken(await judgedBy(engine, BAD_CLIENT_ROWS)), []);
    });
  });
}
