/** The contract, kept by applications that other servers call, and through each adapter and back. */
import { after, before, mock } from "node:test";
import { fromFetchHandler, toFetchHandler } from "../../src/adapters/fetch.ts";
import { fromNodeHandler, toNodeHandler } from "../../src/adapters/node.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as everything } from "../apps/everything.ts";
import { ContractServer, type Served } from "../contract/contract-server.ts";
import { type Exceptions, withExceptions } from "../contract/excepted.ts";
import { contract, type Traits } from "../contract/wsgi-contract.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import { Listening } from "./listening.ts";

const TRAITS: Traits = {
  multithread: true,
  multiprocess: false,
  chunkedLength: undefined,
  keepsLists: true,
};

const log = new KeptLog();

before(() => {
  // Where adapters tell what they can tell nobody else.
  mock.method(process.stderr, "write", (text: string) => {
    log.write(text);
    return true;
  });
});

after(() => mock.restoreAll());

/** The round trips are made by functions that no adapter remembers. */
const throughFetch: Application = fromFetchHandler((request) =>
  toFetchHandler(everything)(request),
);
const throughNode: Application = fromNodeHandler((request, response) =>
  toNodeHandler(everything)(request, response),
);

async function listening(): Promise<Served> {
  const server = await Listening.open(toNodeHandler(everything));
  return Object.assign(server, { log });
}

const OF_NODE: Exceptions = {};
const OF_FETCH: Exceptions = {};
const OF_BOTH: Exceptions = {};

withExceptions(OF_NODE, () => {
  contract("node:http", TRAITS, async () => new ContractServer(await listening()));
});
withExceptions(OF_FETCH, () => {
  contract("a fetch handler", TRAITS, async () => {
    return new ContractServer(await serveApplication(throughFetch, {}, log));
  });
});
withExceptions(OF_BOTH, () => {
  contract("a listener of node:http", TRAITS, async () => {
    return new ContractServer(await serveApplication(throughNode, {}, log));
  });
});
