/** Rows about clients that hold connections and do nothing with them: others are served all the same. */
import { setTimeout as pause } from "node:timers/promises";
import { ClientConnection } from "../../client/client-connection.ts";
import { ProbedServer } from "../probed-server.ts";
import { replyTo } from "../reply.ts";
import { fail, type Judgement, pass, type Row } from "../row.ts";

interface BadClients {
  readonly name: string;
  readonly count: number;
  /** What so many of them do; a title and the evidence begin with it. */
  readonly doing: string;
  readonly sent: string;
}

const HEAD = "POST /echo HTTP/1.1\r\nHost: probe.example\r\n";

const BAD_CLIENTS: readonly BadClients[] = [
  { name: "1-silent", count: 1, doing: "1 silent connection", sent: "" },
  { name: "20-silent", count: 20, doing: "20 silent connections", sent: "" },
  { name: "20-half-heads", count: 20, doing: "20 half-sent heads", sent: HEAD },
  {
    name: "20-half-bodies",
    count: 20,
    doing: "20 half-sent bodies",
    sent: `${HEAD}Content-Length: 1000\r\n\r\nhalf`,
  },
  {
    name: "20-not-reading",
    count: 20,
    doing: "20 clients that do not read their 20 MB",
    sent: "GET /big?size=20000000 HTTP/1.1\r\nHost: probe.example\r\n\r\n",
  },
];

/** How long a good client waits beside the bad ones, in milliseconds. */
const PATIENCE = 4_000;
/** So long the bad ones have to reach the server's threads. */
const HEAD_START = 500;
/** They outlast the good one. */
const LONGEST_SILENCE = 8_000;

export const BAD_CLIENT_ROWS: readonly Row[] = BAD_CLIENTS.map((clients) => ({
  name: `beside-${clients.name}`,
  title: `beside ${clients.doing} a request is served within ${PATIENCE / 1_000} s`,
  group: "Bad clients",
  level: "SHOULD",
  source: "RFC 9112 §9.5; CWE-400",
  judge: (server) => judgeBeside(server, clients),
}));

async function judgeBeside(
  { host, port }: ProbedServer,
  { count, sent }: BadClients,
): Promise<Judgement> {
  // A server that accepts nothing keeps some from being open, and they are in the way all the same.
  const opening = Array.from({ length: count }, () =>
    ClientConnection.open({ host, port }, LONGEST_SILENCE).then((connection) => {
      connection.send(sent);
      return connection;
    }),
  );
  try {
    await Promise.race([Promise.allSettled(opening), pause(HEAD_START)]);
    await pause(HEAD_START);
    return await judgeService(new ProbedServer(host, port, PATIENCE));
  } finally {
    for (const bad of await Promise.allSettled(opening)) {
      if (bad.status === "fulfilled") bad.value[Symbol.dispose]();
    }
  }
}

/** A connection that cannot be opened is service denied too. */
async function judgeService(server: ProbedServer): Promise<Judgement> {
  const start = performance.now();
  const { answer, words } = await replyTo(
    server,
    "GET /hello HTTP/1.1\r\nHost: probe.example\r\nConnection: close\r\n\r\n",
  );
  if (answer?.status !== 200) return fail(words);
  const milliseconds = Math.round(performance.now() - start);
  return milliseconds <= PATIENCE ? pass("served") : fail(`served after ${milliseconds} ms`);
}
