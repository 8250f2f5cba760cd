/** Rows about close(): called once on what the application returned, however its answer ends. */
import { setTimeout as pause } from "node:timers/promises";
import type { ClientConnection } from "../../client/client-connection.ts";
import { type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { type Judgement, notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Script, Step } from "../script.ts";

const SOURCE = "PEP 3333, Specification Details";

/** Of an endless body, so many items are enough to see whether anybody stops. */
const MANY = 60;
const PIECE = 65_536;

/** So long a second call of close() may take behind the first, in milliseconds. */
const SECOND_CALL = 50;

const ITEMS: readonly Step[] = [
  ["yield", "abc"],
  ["yield", "def"],
];
const CLOSE: readonly Step[] = [["reach", "close"]];

interface Ending {
  readonly name: string;
  readonly title: string;
  readonly method?: string;
  readonly start?: Step;
  readonly items?: readonly Step[];
}

const ENDINGS: readonly Ending[] = [
  { name: "close-at-end", title: "when the body has ended" },
  { name: "close-when-empty", title: "when the body is empty", items: [] },
  {
    name: "close-when-raised",
    title: "when an item raises",
    items: [["yield", "abc"], ["raise"]],
  },
  { name: "close-when-first-raised", title: "when the first item raises", items: [["raise"]] },
  { name: "close-for-head", title: "when the request is a HEAD", method: "HEAD" },
  {
    name: "close-for-204",
    title: "when the status is 204",
    start: ["start", "204 No Content", []],
  },
  {
    name: "close-for-304",
    title: "when the status is 304",
    start: ["start", "304 Not Modified", [["ETag", '"x"']]],
  },
  {
    name: "close-at-length",
    title: "when Content-Length is reached before the end",
    start: ["start", "200 OK", [["Content-Length", "3"]]],
  },
];

export const CLOSE_ROWS: readonly Row[] = [
  ...ENDINGS.map(
    (ending): Row => ({
      name: ending.name,
      title: `close() is called once ${ending.title}`,
      group: "The body",
      level: "MUST",
      source: SOURCE,
      requirements: ["S13"],
      judge: (server) => judgeEnding(server, ending),
    }),
  ),
  {
    name: "close-when-client-leaves",
    title: "close() is called once when the client leaves in the middle",
    group: "The body",
    level: "MUST",
    source: SOURCE,
    requirements: ["S13"],
    judge: (server) => judgeLeaving(server),
  },
  {
    name: "close-at-shutdown",
    title: "close() is called once when the server is stopped in the middle",
    group: "The body",
    level: "MUST",
    source: SOURCE,
    requirements: ["S13"],
    judge: () => Promise.resolve(notApplicable("a client cannot stop a server")),
  },
  {
    name: "ended-early",
    title: "the server may ask for no more items when the client has left",
    group: "The body",
    level: "MAY",
    source: SOURCE,
    requirements: ["S16"],
    async judge(server) {
      const { verdict, evidence } = await judgeLeaving(server);
      return verdict === "pass" ? pass(evidence) : notApplicable(evidence);
    },
  },
  {
    name: "stops-at-length",
    title: "no more items are asked for when Content-Length is reached",
    group: "The body",
    level: "SHOULD",
    source: "PEP 3333, Handling the Content-Length Header",
    requirements: ["S60"],
    judge: judgeStopping,
  },
];

async function judgeEnding(server: ProbedServer, ending: Ending): Promise<Judgement> {
  const { method = "GET", start = START, items = ITEMS } = ending;
  await using judge = await server.judge();
  judge.letThrough("close");
  const script: Script = { call: [start], body: "object", items, close: CLOSE };
  {
    using connection = await server.connect();
    connection.request(method, scriptTarget(script, judge));
    await judge.arrival("close");
    // A server that waits for its client to close may serve nobody else until then.
  }
  // Of a server that calls it twice, the second call comes before the next answer or soon after.
  await server.ask("GET", "/hello");
  await pause(SECOND_CALL);
  const calls = judge.told("close").length;
  return passIf(calls === 1, calls === 1 ? "once" : `${calls} times`);
}

/** A client that reads the first item and goes. */
async function judgeLeaving(server: ProbedServer): Promise<Judgement> {
  await using judge = await server.judge();
  const items: Step[] = [
    [
      "repeat",
      MANY,
      [
        ["reach", "item"],
        ["yield", "x", PIECE],
      ],
    ],
  ];
  const script: Script = { call: [START], body: "object", items, close: CLOSE };
  {
    using connection = await server.connect();
    connection.request("GET", scriptTarget(script, judge));
    await judge.pass("item");
    // From a server that sends nothing before the end, it goes all the same.
    await Promise.allSettled([firstPart(connection)]);
  }
  judge.letThrough("item");
  judge.letThrough("close");
  await judge.arrival("close");
  await server.ask("GET", "/hello");
  await pause(SECOND_CALL);
  const calls = judge.told("close").length;
  const made = judge.told("item").length;
  return passIf(
    calls === 1,
    `${calls === 1 ? "once" : `${calls} times`}, ${made} of ${MANY} items`,
  );
}

async function judgeStopping(server: ProbedServer): Promise<Judgement> {
  await using judge = await server.judge();
  judge.letThrough("item");
  judge.letThrough("close");
  const start: Step = ["start", "200 OK", [["Content-Length", "5"]]];
  const items: Step[] = [
    [
      "repeat",
      MANY,
      [
        ["reach", "item"],
        ["yield", "hello"],
      ],
    ],
  ];
  const script: Script = { call: [start], body: "object", items, close: CLOSE };
  using connection = await server.connect();
  connection.request("GET", scriptTarget(script, judge));
  await judge.arrival("close");
  const made = judge.told("item").length;
  return passIf(made < MANY, `${made} of ${MANY} items`);
}

async function firstPart(connection: ClientConnection): Promise<void> {
  const head = await connection.head();
  for await (const part of connection.body("GET", head)) if (part.length > 0) return;
}
