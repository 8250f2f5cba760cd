/** What a connection and a server tell of themselves where a test has neither. */
import type { ConnectionFacts, ServerFacts } from "../../src/gateway/environ.ts";

/** Of a client that is no proxy. */
export const CONNECTION_FACTS: ConnectionFacts = {
  serverName: "t.example",
  serverPort: "80",
  remoteAddress: "192.0.2.1",
  remotePort: "5555",
  scheme: "http",
  closed: new AbortController().signal,
  isTrusted: false,
  clientDisconnected: () => false,
  scriptName: "",
  host: undefined,
  believed: undefined,
  tls: undefined,
  earlyHints: () => () => {},
};

export const SERVER_FACTS: ServerFacts = {
  software: "test",
  multithread: true,
  multiprocess: false,
  headerMap: "drop",
  hasRequestIds: false,
  deployed: {},
  errors: { write: () => {}, writelines: () => {}, flush: () => {} },
};
