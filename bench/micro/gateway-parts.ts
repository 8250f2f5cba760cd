/** What the gateway costs: an environ made, an application run. */
import { makeEnviron } from "../../src/gateway/environ.ts";
import { EMPTY_INPUT } from "../../src/gateway/input-stream.ts";
import type { ResponseWriter } from "../../src/gateway/response-writer.ts";
import { runApplication } from "../../src/gateway/run-application.ts";
import type { RequestHead, ResponseHead } from "../../src/http/events.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import { CONNECTION_FACTS, SERVER_FACTS } from "../../test/support/environ-facts.ts";
import { type Benchmark, bench } from "./kit.ts";
import {
  BARE_GET,
  browserGet,
  HELLO_BODY,
  HELLO_STATUS,
  helloHeaders,
  nextHead,
  openConnection,
} from "./requests.ts";

export const GATEWAY_PARTS: readonly Benchmark[] = [
  environBenchmark("environ, bare head", BARE_GET),
  environBenchmark("environ, browser's head", browserGet("1")),
  helloBenchmark("application called, answer delivered"),
];

export function environOf(head: RequestHead): Environ {
  return makeEnviron(head, CONNECTION_FACTS, SERVER_FACTS, EMPTY_INPUT);
}

/** Verified by what the client sent last: all before it has been read, too. */
function environBenchmark(name: string, bytes: Buffer): Benchmark {
  const head = nextHead(openConnection(), bytes);
  const last: `HTTP_${string}` = `HTTP_${head.names.at(-1)?.metaVariable.slice("HTTP_".length)}`;
  // All of the environ is given back: what nobody sees need not be made.
  const operation = (): Environ => environOf(head);
  const { verify } = bench(name, () => operation()[last], head.values.at(-1));
  return { name, operation, times: 1, verify };
}

function helloBenchmark(name: string): Benchmark {
  const hello: Application = (_environ, startResponse) => {
    startResponse(HELLO_STATUS, helloHeaders());
    return [HELLO_BODY];
  };
  const environ = environOf(nextHead(openConnection(), BARE_GET));
  let sent = "";
  const respond = ({ status }: ResponseHead, chunks: readonly Uint8Array[]): undefined => {
    sent = `${status}, ${chunks[0]?.length} bytes`;
  };
  const refuse = (): never => {
    throw new Error("a whole answer did not take the short way");
  };
  const writer: ResponseWriter = {
    takesMoreData: true,
    holdsBytes: false,
    respond,
    writeHead: refuse,
    write: refuse,
    end: refuse,
  };
  const operation = (): string => {
    void runApplication(hello, environ, writer);
    return sent;
  };
  return bench(name, operation, "200 OK, 12 bytes");
}
