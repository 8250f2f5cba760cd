/** Rows about start_response: what it takes, when the head goes out, and calling it again. */
import { outcomesOf, type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { fail, type Judgement, notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Outcome, Report, Script, Step } from "../script.ts";

const SOURCE = "PEP 3333, The start_response() Callable";
const TEXT = [["Content-Type", "text/plain"]] as const;
const FAILURE: Step = ["start", "500 Failure", [...TEXT, ["X-Second", "1"]], "exc_info"];

export const START_RESPONSE_ROWS: readonly Row[] = [
  {
    name: "exc-info-optional",
    title: "start_response takes two arguments, or exc_info as a third, which may be None",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S7"],
    async judge(server) {
      const third: Step = ["start", "299 Third", TEXT, "exc_info"];
      const starts: Step[] = [START, ["start", "200 OK", TEXT, "None"], third];
      const seen: number[] = [];
      for (const start of starts) {
        seen.push((await server.perform({ call: [start, ["yield", "x"]] })).status);
      }
      return passIf(seen.join() === "200,200,299", seen.join(", "));
    },
  },
  {
    name: "write",
    title: "start_response returns write(), and what it is given is in the body",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S8"],
    judge: (server) => judgeBody(server, [START, ["write", "hel"], ["write", "lo"]], "hello"),
  },
  {
    name: "write-then-items",
    title: "what is returned goes out behind what was written",
    group: "start_response",
    level: "MUST",
    source: "PEP 3333, The write() Callable",
    requirements: ["S68"],
    judge: (server) => {
      const steps: Step[] = [START, ["write", "a"], ["write", "b"], ["yield", "c"], ["yield", "d"]];
      return judgeBody(server, steps, "abcd");
    },
  },
  {
    name: "head-waits",
    title: "the head waits for the first byte of the body: an empty item sends nothing",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S46"],
    async judge(server) {
      await using judge = await server.judge();
      const items: Step[] = [["yield", ""], ["reach", "between"], FAILURE, ["yield", "late"]];
      const script: Script = { call: [START], body: "generator", items };
      using connection = await server.connect();
      connection.request("GET", scriptTarget(script, judge));
      await judge.pass("between");
      const { status, body } = await connection.answer();
      return passIf(status === 500 && String(body) === "late", `${status} ${String(body)}`);
    },
  },
  {
    name: "exc-info-replaces",
    title: "with exc_info, a head that has not gone out is replaced with all its fields",
    group: "start_response",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S55"],
    async judge(server) {
      const first: Step = ["start", "200 OK", [...TEXT, ["X-First", "1"]]];
      const answer = await server.perform({ call: [first, FAILURE, ["yield", "failed"]] });
      const names = answer.fields.map(([name]) => name.toLowerCase());
      const isReplaced = names.includes("x-second") && !names.includes("x-first");
      const words = `${answer.status} ${String(answer.body)}, ${names.join(" ")}`;
      return passIf(answer.status === 500 && isReplaced && String(answer.body) === "failed", words);
    },
  },
  {
    name: "exc-info-too-late",
    title: "with exc_info, once the head has gone out start_response raises",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S56"],
    async judge(server) {
      const outcome = await outcomeOfLateStart(server);
      return passIf(hasRaised(outcome), JSON.stringify(outcome));
    },
  },
  {
    name: "exc-info-same",
    title: "with exc_info, what start_response raises then is that very exception",
    group: "start_response",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S56"],
    async judge(server) {
      const outcome = await outcomeOfLateStart(server);
      return passIf(hasRaised(outcome) && outcome.same, JSON.stringify(outcome));
    },
  },
  {
    name: "second-start",
    title: "start_response called again without exc_info raises",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S57"],
    judge: (server) => judgeSecondStart(server, START),
  },
  {
    name: "second-start-after-refusal",
    title: "and also when the first call was refused",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S57"],
    judge: (server) => {
      // Refused by whoever refuses hop-by-hop headers, and by whoever refuses line ends.
      const refused: Step = ["start", "200 OK", [["Connection", "x\r\ny"]]];
      return judgeSecondStart(server, refused, hasRaised);
    },
  },
  {
    name: "exc-info-not-kept",
    title: "the server keeps no reference to exc_info when start_response has returned",
    group: "start_response",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S58"],
    async judge(server) {
      await using judge = await server.judge();
      judge.letThrough("weighed");
      const call: Step[] = [["weigh"], ["reach", "weighed"], ["yield", "x"]];
      // What the client gets of it is for other rows to judge.
      await Promise.allSettled([server.perform({ call }, { judge })]);
      const { told } = await judge.arrival("weighed");
      // The application tells its report at every point.
      const [isKept] = (told as Report).outcomes;
      if (isKept === null) return notApplicable("an application in this language cannot see it");
      return passIf(isKept === false, isKept === true ? "kept" : "let go");
    },
  },
  {
    name: "headers-changed",
    title: "the server may change the list of headers that it is given",
    group: "start_response",
    level: "MAY",
    source: SOURCE,
    requirements: ["S52"],
    async judge(server) {
      const [look] = outcomesOf(await server.perform({ call: [START, ["look"], ["answer"]] }));
      const isChanged = JSON.stringify(look) !== JSON.stringify(TEXT);
      const steps: Step[] = [["try", ["start", "200 OK", { tuple: TEXT }]], START];
      const { status } = await server.perform({ call: [...steps, ["yield", "x"]] });
      const tuple = status === 200 ? "tolerated" : "refused";
      return pass(`${isChanged ? "changed" : "left alone"}`.concat(`; a tuple is ${tuple}`));
    },
  },
];

export async function judgeBody(
  server: ProbedServer,
  call: readonly Step[],
  wanted: string,
): Promise<Judgement> {
  const { status, body, isWhole } = await server.perform({ call });
  const words = `${status} ${JSON.stringify(String(body))}${isWhole ? "" : ", cut"}`;
  return passIf(status === 200 && isWhole && String(body) === wanted, words);
}

export function hasRaised(
  outcome: Outcome | undefined,
): outcome is { readonly raised: string; readonly same: boolean } {
  return typeof outcome === "object" && outcome !== null && "raised" in outcome;
}

/** What comes of start_response with exc_info when a kilobyte of the body has gone out. */
async function outcomeOfLateStart(server: ProbedServer): Promise<Outcome | undefined> {
  await using judge = await server.judge();
  const items: Step[] = [
    ["yield", "x", 1024],
    ["reach", "sent"],
    ["try", FAILURE],
    ["reach", "tried"],
    ["raise"],
  ];
  using connection = await server.connect();
  connection.request("GET", scriptTarget({ call: [START], body: "generator", items }, judge));
  const head = await connection.head();
  for await (const part of connection.body("GET", head)) if (part.length > 0) break;
  await judge.pass("sent");
  const { told, goOn } = await judge.arrival("tried");
  goOn();
  return (told as Report).outcomes[0];
}

async function judgeSecondStart(
  server: ProbedServer,
  first: Step,
  isMeant: (first: Outcome | undefined) => boolean = () => true,
): Promise<Judgement> {
  await using judge = await server.judge();
  const steps: Step[] = [["try", first], ["try", START], ["reach", "tried"], FAILURE];
  judge.letThrough("tried");
  // What the client gets of it is for other rows to judge.
  await Promise.allSettled([server.perform({ call: [...steps, ["yield", "x"]] }, { judge })]);
  const report = judge.told("tried")[0] as Report | undefined;
  if (report === undefined) return fail("the application was not run to its end");
  const [started, again] = report.outcomes;
  if (!isMeant(started)) return notApplicable("it refuses no head, as another row tells");
  return passIf(hasRaised(again), JSON.stringify(again));
}
