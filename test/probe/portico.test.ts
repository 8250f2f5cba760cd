/** Portico keeps every rule that it is judged by, whatever runs the application. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ROWS } from "../../src/probe/rows.ts";
import { broken, ENGINES, judgedBy, ON_PYODIDE } from "./portico-engines.ts";

/** portico.alone.test.ts is about bad clients. */
const MINE = ROWS.filter(({ group }) => group !== "Bad clients");

for (const engine of [...ENGINES, ON_PYODIDE]) {
  describe(engine.name, () => {
    test("is served so that every rule is kept", async () => {
      const judged = await judgedBy(engine, MINE);
      assert.deepEqual(broken(judged), []);
      const others = judged.filter(({ verdict }) => verdict === "not applicable");
      const names = others.map(({ row }) => row.name);
      assert.deepEqual(names.sort(), [...engine.notApplicable].sort());
    });
  });
}
