/** Rows about the body: every item goes out as it is, when it is made, in the framing of HTTP. */
import { createHash } from "node:crypto";
import { fieldValue } from "../../client/field-list.ts";
import { type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { fail, type Judgement, pass, passIf, type Row } from "../row.ts";
import type { BodyKind, Report, Script, Step } from "../script.ts";
import { judgeBody } from "./start-response-rows.ts";

const DETAILS = "PEP 3333, Specification Details";
const BUFFERING = "PEP 3333, Buffering and Streaming";

/** What a body may look up beside what it is made of: what every object has, and a promise's. */
const HARMLESS = /^(__\w+__|close|then|length|constructor)$/;

const ABC: readonly Step[] = [
  ["yield", "a"],
  ["yield", "b"],
  ["yield", "c"],
];

export const BODY_ROWS: readonly Row[] = [
  ...[1, 65_536, 16_777_216].map(
    (size): Row => ({
      name: `item-goes-out-${size}`,
      title: `an item of ${size} bytes has gone out before the next one is asked for`,
      group: "The body",
      level: "MUST",
      source: BUFFERING,
      requirements: ["S9", "S66"],
      judge: (server) => {
        const steps: Step[] = [
          ["yield", "x", size],
          ["reach", "next"],
          ["yield", "end"],
        ];
        return judgeHeld(server, { call: [START], body: "generator", items: steps }, size);
      },
    }),
  ),
  {
    name: "write-goes-out",
    title: "what write() is given has gone out when it returns",
    group: "The body",
    level: "MUST",
    source: "PEP 3333, The write() Callable",
    requirements: ["S67"],
    judge: (server) => {
      const steps: Step[] = [START, ["write", "x"], ["reach", "next"], ["yield", "end"]];
      return judgeHeld(server, { call: steps }, 1);
    },
  },
  {
    name: "body-bytes",
    title: "the body's bytes arrive as they are",
    group: "The body",
    level: "SHOULD",
    source: DETAILS,
    requirements: ["S10"],
    async judge(server) {
      const text = `${String.fromCharCode(...Array(256).keys())}\r\n\n\r\r\n`;
      const { body } = await server.perform({ call: [START, ["yield", text, 300]] });
      const wanted = Buffer.from(text.repeat(300), "latin1");
      return passIf(digest(body) === digest(wanted), `${body.length} bytes, ${digest(body)}`);
    },
  },
  {
    name: "any-iterable",
    title: "any iterable will do: a list, a generator, an object of another kind",
    group: "The body",
    level: "MUST",
    source: DETAILS,
    requirements: ["S12"],
    async judge(server) {
      const wrong: string[] = [];
      for (const body of ["list", "generator", "object"] satisfies BodyKind[]) {
        const answer = await server.perform({ call: [START], body, items: ABC });
        if (String(answer.body) !== "abc") wrong.push(`${body}: ${answer.status} ${answer.body}`);
      }
      return passIf(wrong.length === 0, wrong.join(", ") || "it does");
    },
  },
  {
    name: "broken-length",
    title: "a body whose len() raises is sent all the same: a working one alone counts",
    group: "The body",
    level: "SHOULD",
    source: DETAILS,
    requirements: ["S12"],
    async judge(server) {
      const answer = await server.perform({ call: [START], body: "lengthless", items: ABC });
      return passIf(String(answer.body) === "abc", `${answer.status} ${answer.body}`);
    },
  },
  {
    name: "started-late",
    title: "a generator may call start_response when its first item is asked for",
    group: "The body",
    level: "MUST",
    source: DETAILS,
    requirements: ["S14"],
    async judge(server) {
      const start: Step = ["start", "299 Late", [["X-Late", "1"]]];
      const script: Script = { call: [], body: "generator", items: [start, ...ABC] };
      const { status, fields, body } = await server.perform(script);
      const words = `${status} ${String(body)}`;
      const isRight = status === 299 && fieldValue(fields, "x-late") === "1";
      return passIf(isRight && String(body) === "abc", words);
    },
  },
  {
    name: "only-iterated",
    title: "nothing else of the iterable is used than iteration, len() and close()",
    group: "The body",
    level: "MUST",
    source: DETAILS,
    requirements: ["S15"],
    async judge(server) {
      await using judge = await server.judge();
      const close: Step[] = [["reach", "close"]];
      judge.letThrough("close");
      await server.perform({ call: [START], body: "object", items: ABC, close }, { judge });
      const { told } = await judge.arrival("close");
      // The application tells its report at every point.
      const odd = (told as Report).touched.filter((name) => !HARMLESS.test(name));
      return passIf(odd.length === 0, odd.join(", ") || "nothing is");
    },
  },
  ...["HEAD", "204 No Content", "304 Not Modified"].map(
    (what): Row => ({
      name: `no-body-for-${what.slice(0, 4).trim().toLowerCase()}`,
      title: `the response to ${what === "HEAD" ? "HEAD" : `a ${what}`} has no body, whatever is yielded`,
      group: "The body",
      level: "MUST",
      source: "RFC 9112 §6.3",
      requirements: ["S65"],
      judge: (server) => judgeBodiless(server, what),
    }),
  ),
  {
    name: "ranges-and-codings",
    title: "the server may code the transfer, and what is decoded is the same",
    group: "The body",
    level: "MAY",
    source: DETAILS,
    requirements: ["S11"],
    async judge(server) {
      const { fields, body } = await server.perform({
        call: [START],
        body: "generator",
        items: ABC,
      });
      const coding = fieldValue(fields, "transfer-encoding") ?? "no coding";
      return passIf(String(body) === "abc", coding);
    },
  },
  {
    name: "body-of-text",
    title: "text where bytes belong is an error that the client sees",
    group: "The body",
    level: "MUST",
    source: "PEP 3333, Unicode Issues",
    requirements: ["S71"],
    judge: judgeText,
  },
  {
    name: "empty-body",
    title: "a body without items is answered with the head alone, at once",
    group: "The body",
    level: "MUST",
    source: "PEP 3333, The start_response() Callable",
    requirements: ["S46"],
    judge: (server) => judgeBody(server, [START], ""),
  },
];

/** So much of the body is there while the application is held behind it. */
async function judgeHeld(server: ProbedServer, script: Script, size: number): Promise<Judgement> {
  await using judge = await server.judge();
  using connection = await server.connect();
  connection.request("GET", scriptTarget(script, judge));
  const head = await connection.head();
  let seen = 0;
  for await (const part of connection.body("GET", head)) {
    if (seen < size && seen + part.length >= size) await judge.pass("next");
    seen += part.length;
  }
  return passIf(seen === size + 3, `${seen} bytes`);
}

async function judgeBodiless(server: ProbedServer, what: string): Promise<Judgement> {
  const method = what === "HEAD" ? "HEAD" : "GET";
  const start: Step = what === "HEAD" ? START : ["start", what, [["ETag", '"x"']]];
  const script: Script = { call: [start], body: "generator", items: ABC };
  using connection = await server.connect();
  connection.request(method, scriptTarget(script), { fields: [["Connection", "close"]] });
  const head = await connection.head();
  const { bytes, ended } = await connection.remainder();
  const coding = head.status === 204 && fieldValue(head.fields, "transfer-encoding");
  if (coding) return fail(`Transfer-Encoding: ${coding} in a 204`);
  if (ended === "silent") return fail("the connection stayed open, Connection: close or not");
  const words = bytes.length === 0 ? "none" : `${bytes.length} bytes were sent`;
  return passIf(bytes.length === 0 && head.status < 400, `${head.status}, ${words}`);
}

async function judgeText(server: ProbedServer): Promise<Judgement> {
  const text = { str: "text" };
  const scripts: readonly Script[] = [
    { call: [START, ["yield", text]] },
    { call: [START], body: "generator", items: [["yield", text]] },
    { call: [START, ["write", text]] },
  ];
  const seen: string[] = [];
  for (const script of scripts) {
    const raw = await server.tell(
      `GET ${scriptTarget(script)} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`,
    );
    const said = raw.bytes.toString("latin1");
    const status = /^HTTP\/\d\.\d (\d+)/.exec(said)?.[1] ?? "no answer";
    if (raw.ended === "silent") return fail(`${status}, and then it hangs`);
    const isSent = /\r\n\r\n[\s\S]*text/.test(said) && !status.startsWith("5");
    const isWhole = status === "200" && /\r\n0\r\n\r\n$|\r\ncontent-length: 0\r\n/i.test(said);
    if (isSent || isWhole) return fail(`${status}${isSent ? ", sent as bytes" : ", as if whole"}`);
    seen.push(status);
  }
  return pass(seen.join(", "));
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 8);
}
