/** Rows about how a request's body comes over the connection: coding, expectation, left unread. */
import { setTimeout as pause } from "node:timers/promises";
import { chunked, type RequestParts } from "../../client/client-connection.ts";
import { outcomesOf, type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { fail, type Judgement, notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Script, Step } from "../script.ts";

/** A server that sends 100 Continue at once has done so by then; in milliseconds. */
const AT_ONCE = 250;

const OF_HTTP_10 = "its answers are of HTTP/1.0, which has no such thing";

const READS_FIVE: Script = { call: [["read", "read", 5], START, ["answer"]] };

export const TRANSFER_ROWS: readonly Row[] = [
  {
    name: "chunked-body",
    title: "a chunked body is decoded: read() gives it whole, and ends",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: "PEP 3333, Other HTTP Features",
    requirements: ["S76"],
    judge: (server) => judgeChunked(server, [["read", "read"]], ["a\r\nb\nc"]),
  },
  {
    name: "chunked-lines",
    title: "lines of a chunked body are read across the borders of chunks, and end",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: "PEP 3333, Input and Error Streams",
    requirements: ["S42", "S76"],
    judge: (server) => {
      const steps: Step[] = [
        ["read", "readline"],
        ["read", "read"],
        ["read", "read", 1],
      ];
      return judgeChunked(server, steps, ["a\r\n", "b\nc", ""]);
    },
  },
  {
    name: "expect-continue",
    title: "a client that waits for 100 Continue gets it, or a final answer, and sends its body",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: "PEP 3333, HTTP 1.1 Expect/Continue",
    requirements: ["S74"],
    judge: judgeContinue,
  },
  {
    name: "expect-continue-1.0",
    title: "a client of HTTP/1.0 is sent no 100 Continue",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: "RFC 9110 §10.1.1",
    requirements: ["S74"],
    async judge(server) {
      using connection = await server.connect();
      connection.request("POST", scriptTarget(READS_FIVE), {
        fields: [
          ["Expect", "100-continue"],
          ["Content-Length", "5"],
        ],
        version: "HTTP/1.0",
      });
      await pause(AT_ONCE);
      connection.send("hello");
      const { status } = await connection.head();
      return passIf(status !== 100, String(status));
    },
  },
  {
    name: "expect-other",
    title: "an expectation that nobody knows may be refused with 417",
    group: "wsgi.input and wsgi.errors",
    level: "MAY",
    source: "RFC 9110 §10.1.1",
    async judge(server) {
      const { status } = await server.ask("GET", "/hello", { fields: [["Expect", "foo"]] });
      return passIf(status === 200 || status === 417, String(status));
    },
  },
  {
    name: "body-unread",
    title: "after a body that nobody read, the next request is answered or the connection closed",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: "RFC 9112 §9.3",
    judge: judgeUnread,
  },
];

async function judgeChunked(
  server: ProbedServer,
  steps: readonly Step[],
  wanted: readonly string[],
): Promise<Judgement> {
  if (await isOfHttp10(server)) return notApplicable(OF_HTTP_10);
  const answer = await server.perform(
    { call: [...steps, START, ["answer"]] },
    {
      method: "POST",
      fields: [["Transfer-Encoding", "chunked"]],
      body: chunked("a\r", "\nb\n", "c"),
    },
  );
  if (answer.status === 411) return notApplicable("411, as RFC 9112 §6.3 allows");
  const seen = JSON.stringify(outcomesOf(answer));
  return passIf(seen === JSON.stringify(wanted), seen);
}

/** RFC 9112 §6.1, RFC 9110 §10.1.1: a client does neither to a server that may be of HTTP/1.0. */
async function isOfHttp10(server: ProbedServer): Promise<boolean> {
  const { version } = await server.ask("GET", "/hello");
  return version === "HTTP/1.0";
}

async function judgeContinue(server: ProbedServer): Promise<Judgement> {
  if (await isOfHttp10(server)) return notApplicable(OF_HTTP_10);
  using connection = await server.connect();
  connection.request("POST", scriptTarget(READS_FIVE), {
    fields: [
      ["Expect", "100-continue"],
      ["Content-Length", "5"],
    ],
  });
  const first = await connection.head();
  if (first.status !== 100) return passIf(first.status >= 400, `${first.status} at once`);
  connection.send("hello");
  const outcomes = outcomesOf(await connection.answer());
  return passIf(outcomes[0] === "hello", `100, then ${JSON.stringify(outcomes[0])} was read`);
}

async function judgeUnread(server: ProbedServer): Promise<Judgement> {
  using connection = await server.connect();
  const parts: RequestParts = { body: "GET /unread HTTP/1.1\r\n".repeat(2_500) };
  connection.request("POST", "/hello", parts);
  const first = await connection.answer();
  if (first.status !== 200) return fail(`it answered ${first.status}`);
  connection.request("GET", "/hello");
  const { bytes, ended } = await connection.remainder();
  const text = bytes.toString("latin1");
  if (text === "") {
    return ended === "silent" ? fail("the next request got no answer") : pass(ended);
  }
  const isHello = /^HTTP\/1\.\d 200 [\s\S]*hello/.test(text) && text.split("HTTP/1.").length === 2;
  return passIf(isHello, isHello ? "answered" : text.slice(0, 60));
}
