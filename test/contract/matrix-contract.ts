/** The contract, kept by engines over every way in to them. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ContractServer } from "./contract-server.ts";
import { findsNothingInTheServer, findsWhatApplicationsAreFor } from "./lint-contract.ts";
import { type EngineRow, WAYS, type WayColumn } from "./matrix.ts";
import { pythonContract } from "./python-contract.ts";
import { contract, type Subject } from "./wsgi-contract.ts";

/** What is demanded of lint when all of the contract has been asked for, by where it tells. */
const VERDICTS: Readonly<
  Record<NonNullable<WayColumn["lintTells"]>, (engine: EngineRow, subject: Subject) => void>
> = {
  findings: ({ language, findings }) => {
    describe("lint", () => {
      findsNothingInTheServer(() => Promise.resolve(findings));
      findsWhatApplicationsAreFor(language, () => Promise.resolve(findings));
    });
  },
  log: (_engine, subject) => {
    test("lint tells of the applications in the log, and of the server nothing", async () => {
      await subject().log.said(/\[WARNING\] lint: the application broke start-response-twice \(/);
      assert.doesNotMatch(subject().log.text, /lint: (the server|a middleware)/);
    });
  },
};

/** Each file of tests takes some engines, so that they run side by side. */
export function matrixContract(engines: readonly EngineRow[]): void {
  for (const way of WAYS) {
    for (const engine of engines) {
      const name = `${engine.name}, ${way.name}`;
      const reason = engine.lacks?.[way.name] ?? way.addsNothing?.[engine.language];
      if (reason === undefined) {
        contract(
          name,
          { ...engine, ...way, multiprocess: false },
          async () => {
            engine.log.forget();
            return new ContractServer(await way.serve(engine), way.prefix);
          },
          [
            ...(engine.language === "Python" ? [pythonContract] : []),
            (subject) => way.lintTells && VERDICTS[way.lintTells](engine, subject),
          ],
        );
      } else {
        describe(name, () => {
          test("adds nothing", { skip: reason }, () => {});
        });
      }
    }
  }
}
