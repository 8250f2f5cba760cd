/** Rows about applications that fail: the client sees it, the log has it, the server goes on. */
import { ConnectionEnded } from "../../client/client-connection.ts";
import { fieldValue } from "../../client/field-list.ts";
import { logSays } from "../error-log.ts";
import { type ProbedServer, START } from "../probed-server.ts";
import { fail, type Judgement, notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Script } from "../script.ts";

const SOURCE = "PEP 3333, Error Handling";

/** Requests that fail, one after the other; what is lost at each shows after so many. */
const FAILURES = 100;

interface Failing {
  readonly name: string;
  readonly title: string;
  readonly script: Script;
}

const FAILING: readonly Failing[] = [
  {
    name: "raises-at-once",
    title: "an exception before start_response is called is answered with 500",
    script: { call: [["raise"]] },
  },
  {
    name: "raises-after-start",
    title: "an exception after start_response was called is answered with 500",
    script: { call: [START, ["raise"]] },
  },
  {
    name: "raises-in-first-item",
    title: "an exception as the first item is asked for is answered with 500",
    script: { call: [START], body: "generator", items: [["raise"]] },
  },
  {
    name: "never-started",
    title: "where start_response is never called, the answer is 500",
    script: { call: [["yield", "x"]] },
  },
];

const PARTLY: Script = {
  call: [START],
  body: "generator",
  items: [["yield", "partly "], ["raise"]],
};

export const ERROR_ROWS: readonly Row[] = [
  ...FAILING.map(
    ({ name, title, script }): Row => ({
      name,
      title,
      group: "Errors",
      level: "SHOULD",
      source: SOURCE,
      requirements: ["S72"],
      judge: async (server) => {
        const { status } = await server.perform(script);
        return passIf(status >= 500, String(status));
      },
    }),
  ),
  {
    name: "raises-in-middle",
    title: "an exception in the middle of the body ends the answer so that it does not look whole",
    group: "Errors",
    level: "SHOULD",
    source: `${SOURCE}; RFC 9112 §8`,
    requirements: ["S72", "S56"],
    async judge(server) {
      const { status, isWhole, fields, body } = await server.perform(PARTLY);
      if (status >= 500) return pass(String(status));
      if (!isWhole) return pass(`cut after ${body.length} bytes`);
      const isFramed = ["content-length", "transfer-encoding"].some(
        (name) => fieldValue(fields, name) !== undefined,
      );
      if (isFramed) return fail("it looks whole");
      return pass("closed; nothing else tells the end of such an answer");
    },
  },
  {
    name: "raises-in-close",
    title: "an exception in close() does not spoil what was sent, nor the server",
    group: "Errors",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S72"],
    async judge(server) {
      const script: Script = {
        call: [["start", "200 OK", [["Content-Length", "1"]]]],
        body: "object",
        items: [["yield", "x"]],
        close: [["raise"]],
      };
      const { status, body } = await server.perform(script);
      const next = await server.ask("GET", "/hello");
      const words = `${status} ${String(body)}, then ${next.status}`;
      return passIf(status === 200 && String(body) === "x" && next.status === 200, words);
    },
  },
  {
    name: "errors-logged",
    title: "an exception is in the error log, with its traceback",
    group: "Errors",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S72"],
    async judge(server) {
      const { log } = server.expectations;
      if (log === undefined) return notApplicable("nobody said where its log is");
      const before = (await log()).length;
      // What the client gets, if anything, is for other rows to judge.
      await Promise.allSettled([server.perform({ call: [["raise"]] })]);
      const isLogged = await logSays(server, (text) =>
        /ScriptedError: as the script says/.test(text.slice(before)),
      );
      return passIf(isLogged === true, isLogged === true ? "it is" : "it is not");
    },
  },
  {
    name: "message-appended",
    title: "the server may append a message to a text that was partly sent",
    group: "Errors",
    level: "MAY",
    source: SOURCE,
    requirements: ["S73"],
    async judge(server) {
      const { status, body } = await server.perform(PARTLY);
      if (status >= 500) return pass(String(status));
      const appended = String(body).slice("partly ".length);
      return pass(appended === "" ? "it does not" : JSON.stringify(appended.slice(0, 60)));
    },
  },
  {
    name: "survives-errors",
    title: `${FAILURES} exceptions in a row end no process of the server`,
    group: "Errors",
    level: "MUST",
    source: "PEP 3333, Specification Overview",
    requirements: ["S92"],
    judge: judgeSurvival,
  },
];

/** Undefined where the connection ends without an answer, which is for other rows to judge. */
async function statusOfFailure(server: ProbedServer): Promise<number | undefined> {
  try {
    return (await server.perform({ call: [["raise"]] })).status;
  } catch (error) {
    if (error instanceof ConnectionEnded) return undefined;
    throw error;
  }
}

async function judgeSurvival(server: ProbedServer): Promise<Judgement> {
  const before = await processesOf(server);
  for (let failure = 0; failure < FAILURES; failure += 1) {
    const status = await statusOfFailure(server);
    if (status !== undefined && status < 500) return fail(String(status));
  }
  const later = [...(await processesOf(server))].filter((process) => !before.has(process));
  return passIf(later.length === 0, later.length === 0 ? "none" : `${later.length} are new`);
}

/** Those that answer some requests. */
async function processesOf(server: ProbedServer): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  for (let request = 0; request < 12; request += 1) seen.add((await server.facts()).process);
  return seen;
}
