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
    // At half of it the kernel's buffers would decide about servers that let 16 MiB wait.
    doing: "20 clients that do not read their 40 MB",
    sent: "GET /big?size=40000000 HTTP/1.1\r\nHost: probe.example\r\n\r\n",
  },
];

/** How long a good client waits beside the bad ones, in milliseconds. */
const PATIENCE = 4_000;
/** So long the bad ones have to reach the server's threads and to fill its buffers. */
const HEAD_START = 2_000;
/** Longer than a lost SYN takes, which is sent again after a second. */
const LONGEST_OPENING = 2_500;
/** They outlast the good one. */
const LONGEST_SILENCE = 12_000;

export const BAD_CLIENT_ROWS: readonly Row[] = BAD_CLIENTS.map((clients) => ({
  name: `beside-${clients.name}`,
  title: `beside ${clients.doing} a request is served within ${PATIENCE / 1_000} s`,
  group: "Bad clients",
  level: "SHOULD",
  source: "CWE-400",
  judge: (server) => judgeBeside(server, clients),
}));

async function judgeBeside(
  { host, port }: ProbedServer,
  { count, sent }: BadClients,
): Promise<Judgement> {
  const opening: Promise<ClientConnection>[] = [];
  try {
    // One by one: those whose SYN is lost in a full backlog come later than the good client.
    for (let isFull = false; opening.length < count && !isFull; ) {
      const bad = ClientConnection.open({ host, port }, LONGEST_SILENCE);
      opening.push(bad);
      isFull = !(await opensInTime(bad));
      if (!isFull) (await bad).send(sent);
    }
    await pause(HEAD_START);
    return await judgeService(new ProbedServer(host, port, PATIENCE));
  } finally {
    for (const bad of await Promise.allSettled(opening)) {
      if (bad.status === "fulfilled") bad.value[Symbol.dispose]();
    }
  }
}

/** A server at which none is opened in time is as full as it gets. */
async function opensInTime(bad: Promise<ClientConnection>): Promise<boolean> {
  const opened = bad.then(
    () => true,
    () => false,
  );
  return await Promise.race([opened, pause(LONGEST_OPENING, false)]);
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
