/** Rows about connections that are kept, and about how the end of a body is told. */
import { ServerSilent } from "../../client/client-connection.ts";
import { fieldValue } from "../../client/field-list.ts";
import { type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { fail, type Judgement, notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Script } from "../script.ts";

const LENGTH_SOURCE = "PEP 3333, Handling the Content-Length Header";

const GENERATED: Script = {
  call: [START],
  body: "generator",
  items: [
    ["yield", "a"],
    ["yield", ""],
    ["yield", "b"],
  ],
};

export const CONNECTION_ROWS: readonly Row[] = [
  {
    name: "keep-alive",
    title: "a connection of HTTP/1.1 takes another request",
    group: "Connections and framing",
    level: "SHOULD",
    source: "RFC 9112 §9.3",
    judge: (server) => judgeKept(server, "HTTP/1.1"),
  },
  {
    name: "keep-alive-1.0",
    title: "a connection of HTTP/1.0 may take another request, if the client asks for it",
    group: "Connections and framing",
    level: "MAY",
    source: "RFC 9112 §9.3",
    async judge(server) {
      const { verdict, evidence } = await judgeKept(server, "HTTP/1.0");
      return verdict === "pass" ? pass(evidence) : pass("it does not");
    },
  },
  {
    name: "pipelining",
    title: "two requests sent at once are answered in order, or the first answer says close",
    group: "Connections and framing",
    level: "MUST",
    source: "RFC 9112 §9.3.2 and §9.6",
    judge: judgePipelining,
  },
  {
    name: "framing-1.1",
    title: "a body of unknown length to HTTP/1.1 is chunked as HTTP says, or ends the connection",
    group: "Connections and framing",
    level: "MUST",
    source: LENGTH_SOURCE,
    requirements: ["S65", "S53"],
    async judge(server) {
      const { fields, body, isWhole } = await server.perform(GENERATED);
      const words = framingOf(fields);
      return passIf(isWhole && String(body) === "ab", `${words}: ${String(body)}`);
    },
  },
  {
    name: "framing-1.0",
    title: "a body of unknown length to HTTP/1.0 ends with the connection, and is never chunked",
    group: "Connections and framing",
    level: "MUST",
    source: `${LENGTH_SOURCE}; RFC 9112 §6.1`,
    requirements: ["S63", "S65"],
    async judge(server) {
      const { fields, body } = await server.perform(GENERATED, { version: "HTTP/1.0" });
      const isChunked = fieldValue(fields, "transfer-encoding") !== undefined;
      return passIf(!isChunked && String(body) === "ab", `${framingOf(fields)}: ${String(body)}`);
    },
  },
  {
    name: "early-hints",
    title: "the server may send 103 Early Hints when wsgi.early_hints is called",
    group: "Connections and framing",
    level: "MAY",
    source: "RFC 8297",
    judge: judgeEarlyHints,
  },
];

async function judgeKept(
  server: ProbedServer,
  version: "HTTP/1.0" | "HTTP/1.1",
): Promise<Judgement> {
  using connection = await server.connect();
  const fields = version === "HTTP/1.0" ? [["Connection", "keep-alive"] as const] : [];
  const statuses: number[] = [];
  for (let request = 0; request < 2; request += 1) {
    connection.request("GET", "/hello", { version, fields });
    try {
      statuses.push((await connection.answer()).status);
    } catch (error) {
      if (statuses.length === 0) throw error;
    }
  }
  return passIf(statuses.join() === "200,200", statuses.length === 2 ? "kept" : "closed");
}

async function judgePipelining(server: ProbedServer): Promise<Judgement> {
  using connection = await server.connect();
  connection.request("GET", "/environ?first");
  connection.request("GET", "/hello");
  const first = await connection.answer();
  const isFirst = String(first.body).includes("first");
  const saysClose = /\bclose\b/i.test(fieldValue(first.fields, "connection") ?? "");
  try {
    const second = await connection.answer();
    const inOrder = isFirst && String(second.body) === "hello";
    return passIf(inOrder, inOrder ? "both, in order" : "not in order");
  } catch (error) {
    if (isFirst && (saysClose || first.version === "HTTP/1.0"))
      return pass("one, which says close");
    const isSilent = error instanceof ServerSilent;
    return fail(isSilent ? "one; the other gets nothing" : "one; closed without saying so");
  }
}

async function judgeEarlyHints(server: ProbedServer): Promise<Judgement> {
  if (!(await server.facts()).names.includes("wsgi.early_hints")) {
    return notApplicable("no wsgi.early_hints");
  }
  using connection = await server.connect();
  const hint = [["Link", "</a.css>; rel=preload"]];
  connection.request("GET", scriptTarget({ call: [["hint", hint], START, ["yield", "x"]] }));
  const first = await connection.head();
  if (first.status !== 103) return fail(`${first.status} without it`);
  return passIf((await connection.head()).status === 200, "103, then 200");
}

function framingOf(fields: Parameters<typeof fieldValue>[0]): string {
  if (fieldValue(fields, "transfer-encoding") !== undefined) return "chunked";
  return fieldValue(fields, "content-length") === undefined ? "until the end" : "with a length";
}
