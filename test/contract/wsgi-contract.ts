/**
 * What PEP 3333 and HTTP promise to applications and clients, whatever runs the application.
 *
 * Each application of test/apps exists in TypeScript and in Python and must answer alike.
 */

import { after, before, describe } from "node:test";
import { bodyContract } from "./body-contract.ts";
import { closeContract } from "./close-contract.ts";
import { connectionContract } from "./connection-contract.ts";
import type { ContractServer } from "./contract-server.ts";
import { environContract } from "./environ-contract.ts";
import { errorContract } from "./error-contract.ts";
import { hintsContract } from "./hints-contract.ts";
import { inputContract } from "./input-contract.ts";
import { startResponseContract } from "./start-response-contract.ts";

/** In what two ways of running an application may differ. */
export interface Traits {
  /** Whether a request may begin while another one runs. */
  readonly multithread: boolean;
  readonly multiprocess: boolean;
  /** CONTENT_LENGTH for a chunked body of five bytes. */
  readonly chunkedLength: string | undefined;
  /** Whether a list of items comes to the server as a list, so that it can tell their length. */
  readonly keepsLists: boolean;
}

/** The server under test, once it is up. */
export type Subject = () => ContractServer;

/** `serve` serves all of test/apps/everything; `more` is what only some ways of serving promise. */
export function contract(
  name: string,
  traits: Traits,
  serve: () => Promise<ContractServer>,
  more: readonly ((subject: Subject) => void)[] = [],
): void {
  describe(name, () => {
    let served: ContractServer | undefined;
    const subject: Subject = () => {
      if (served === undefined) throw new Error(`${name} is not up`);
      return served;
    };
    before(async () => {
      served = await serve();
    });
    after(async () => {
      await served?.[Symbol.asyncDispose]();
    });
    environContract(subject, traits);
    inputContract(subject);
    startResponseContract(subject);
    hintsContract(subject);
    bodyContract(subject, traits);
    closeContract(subject);
    errorContract(subject);
    connectionContract(subject, traits);
    for (const part of more) part(subject);
  });
}
