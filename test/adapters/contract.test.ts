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

const OF_NODE: Exceptions = {
  "has the method as it was sent": "node:http knows no methods but its own",
  "is each request's own: an application may leave nothing of it": "node:http says keep-alive",
  "adds Date and Server once, and leaves an application its own": "node:http has no Server",
  "gives each request one call, and one that is none gives no call":
    "node:http takes a request line without a version",
  "has HTTP/1.1 in every status line, whatever is asked and answered":
    "node:http takes more for a request",
};

const NO_HINTS = "a fetch handler cannot send them: they are checked and dropped";

const OF_FETCH: Exceptions = {
  "has the method as it was sent": "a Request has no TRACE, and spells methods in capitals",
  "has the path decoded once, byte for character, and the query as it was sent":
    "a URL has no dot segments",
  "has an empty path for OPTIONS *, which is below no other path": "a URL has a path",
  "names server, client, protocol and software": "a Request does not tell of its connection",
  "has SERVER_NAME and SERVER_PORT without a Host, and the version of an HTTP/1.0 client":
    "a Request does not tell of its connection",
  "sends status and headers as they are: order, case, repetition, odd reasons":
    "Headers are sorted, and in small letters",
  'called 1 time(s) in the way "early" sends as many 103 before the 200': NO_HINTS,
  'called 2 time(s) in the way "early" sends as many 103 before the 200': NO_HINTS,
  'called 1 time(s) in the way "started" sends as many 103 before the 200': NO_HINTS,
  'called 2 time(s) in the way "started" sends as many 103 before the 200': NO_HINTS,
  "reaches the client of a GET while the application still runs": NO_HINTS,
  "reaches the client of a HEAD while the application still runs": NO_HINTS,
  "reaches the client behind the answers to the requests before it": NO_HINTS,
  "is an error in the application once the response has begun": NO_HINTS,
  "of an earlier request writes into no later response": NO_HINTS,
  "and 100 Continue both come before the answer": NO_HINTS,
  "has HTTP/1.1 in every status line, whatever is asked and answered": NO_HINTS,
};

const WHOLE = "what a listener writes and ends in one turn is answered as a whole";

const OF_BOTH: Exceptions = {
  "has the path decoded once, byte for character, and the query as it was sent":
    "of a target in absolute form a listener is given the path",
  "has its length said when it is complete, and is chunked when it is not": WHOLE,
  "ends with the connection for an HTTP/1.0 client, which gets no chunks": WHOLE,
  "shorter than its Content-Length ends the connection and is logged": WHOLE,
};

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
