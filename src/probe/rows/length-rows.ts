/** Rows about an application's Content-Length that its body does not keep. */
import type { ClientConnection } from "../../client/client-connection.ts";
import { fieldValue } from "../../client/field-list.ts";
import { logSays } from "../error-log.ts";
import { type ProbedServer, scriptTarget } from "../probed-server.ts";
import { fail, type Judgement, pass, passIf, type Row } from "../row.ts";
import type { Report, Script, Step } from "../script.ts";
import { hasRaised } from "./start-response-rows.ts";

const SOURCE = "PEP 3333, Handling the Content-Length Header";
const FIVE: Step = ["start", "200 OK", [["Content-Length", "5"]]];
const FIFTY: Step = ["start", "200 OK", [["Content-Length", "50"]]];

const OVERRUNS: readonly Script[] = [
  { call: [FIVE, ["yield", "hello world"]] },
  {
    call: [FIVE],
    body: "generator",
    items: [
      ["yield", "hel"],
      ["yield", "lo wo"],
      ["yield", "rld"],
    ],
  },
  { call: [FIVE, ["try", ["write", "hello world"]]] },
  { call: [FIVE, ["write", "hello"], ["yield", " world"]] },
];

export const LENGTH_ROWS: readonly Row[] = [
  {
    name: "length-overrun",
    title: "no byte beyond the application's Content-Length is sent",
    group: "The body",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S59"],
    judge: judgeOverruns,
  },
  {
    name: "write-overrun",
    title: "write() beyond Content-Length raises, or what it is given is dropped",
    group: "The body",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S61"],
    judge: judgeWriteOverrun,
  },
  {
    name: "length-underrun",
    title: "a body shorter than its Content-Length ends with the connection, and is logged",
    group: "The body",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S62"],
    judge: judgeUnderrun,
  },
  {
    name: "length-of-one",
    title: "the server may give a list of one item its Content-Length",
    group: "The body",
    level: "MAY",
    source: SOURCE,
    requirements: ["S64"],
    async judge(server) {
      const { fields, body } = await server.ask("GET", "/hello");
      const framing = fields
        .filter(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
        .map(([name, value]) => `${name}: ${value}`);
      return passIf(String(body) === "hello", framing.join(", ") || "ends with the connection");
    },
  },
];

async function judgeOverruns(server: ProbedServer): Promise<Judgement> {
  const seen = new Set<string>();
  for (const script of OVERRUNS) {
    using connection = await server.connect();
    connection.request("GET", scriptTarget(script));
    const { status, body } = await connection.answer();
    const text = String(body);
    if (status < 500 && !"hello".startsWith(text)) return fail(`it sent ${JSON.stringify(text)}`);
    const behind = await behindAnswer(connection);
    if (!/^(HTTP\/1\.\d \d{3} |$)/.test(behind)) return fail(`then ${JSON.stringify(behind)}`);
    seen.add(status === 200 ? `cut to ${text.length}` : String(status));
  }
  return pass([...seen].join(", "));
}

/** The beginning of what comes behind an answer, another request sent or not. */
async function behindAnswer(connection: ClientConnection): Promise<string> {
  connection.request("GET", "/hello", { fields: [["Connection", "close"]] });
  const { bytes } = await connection.remainder();
  return bytes.toString("latin1").slice(0, 40);
}

async function judgeWriteOverrun(server: ProbedServer): Promise<Judgement> {
  await using judge = await server.judge();
  judge.letThrough("tried");
  const start: Step = ["start", "200 OK", [["Content-Length", "3"]]];
  const steps: Step[] = [start, ["write", "abc"], ["try", ["write", "def"]], ["reach", "tried"]];
  using connection = await server.connect();
  connection.request("GET", scriptTarget({ call: steps }, judge));
  const answer = await connection.answer();
  const { told } = await judge.arrival("tried");
  // The application tells its report at every point.
  const [outcome] = (told as Report).outcomes;
  const behind = await behindAnswer(connection);
  const isCut = String(answer.body) === "abc" && /^(HTTP\/1\.\d \d{3} |$)/.test(behind);
  return passIf(
    isCut,
    hasRaised(outcome) ? `raised ${outcome.raised}` : isCut ? "dropped" : "sent",
  );
}

async function judgeUnderrun(server: ProbedServer): Promise<Judgement> {
  const before = (await server.expectations.log?.())?.length ?? 0;
  using connection = await server.connect();
  const script: Script = { call: [FIFTY], body: "generator", items: [["yield", "hello"]] };
  connection.request("GET", scriptTarget(script));
  const { status, fields } = await connection.head();
  if (status >= 500) return pass(String(status));
  if (fieldValue(fields, "content-length") !== "50") return fail("it looks whole");
  const { ended } = await connection.remainder();
  if (ended === "silent") return fail("the connection stays open: the next answer fills the gap");
  const isLogged = await logSays(server, (log) => log.length > before);
  if (isLogged === false) return fail("the connection ends, and the log says nothing");
  return pass(isLogged === undefined ? "the connection ends" : "the connection ends; logged");
}
