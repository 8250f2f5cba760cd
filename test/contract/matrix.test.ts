/** The contract, kept by every engine over every way in to it. */

import { describe, test } from "node:test";
import { ContractServer } from "./contract-server.ts";
import { findsNothingInTheServer, findsWhatApplicationsAreFor } from "./lint-contract.ts";
import { ENGINES, type EngineRow, WAYS } from "./matrix.ts";
import { pythonContract } from "./python-contract.ts";
import { contract } from "./wsgi-contract.ts";

for (const way of WAYS) {
  for (const engine of ENGINES) {
    const name = `${engine.name}, ${way.name}`;
    const reason = way.addsNothing?.[engine.language];
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
          ...(way.isLinted === true ? [() => verdict(engine)] : []),
        ],
      );
    } else {
      describe(name, () => {
        test("adds nothing", { skip: reason }, () => {});
      });
    }
  }
}

function verdict({ language, findings }: EngineRow): void {
  describe("lint", () => {
    findsNothingInTheServer(() => Promise.resolve(findings));
    findsWhatApplicationsAreFor(language, () => Promise.resolve(findings));
  });
}
