/** Rows about how the application is called, and from how many threads and processes. */
import { START, scriptTarget } from "../probed-server.ts";
import { notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Script } from "../script.ts";

const CALLED: Script = { call: [["reach", "called"], START, ["yield", "x"]] };

const DETAILS = "PEP 3333, Specification Details";
const OVERVIEW = "PEP 3333, Specification Overview";

export const CALL_ROWS: readonly Row[] = [
  {
    name: "called-once",
    title: "the application is called once for each request, and not for one that is refused",
    group: "The call",
    level: "MUST",
    source: OVERVIEW,
    requirements: ["S1"],
    async judge(server) {
      await using judge = await server.judge();
      judge.letThrough("called");
      for (let request = 0; request < 3; request += 1) await server.perform(CALLED, { judge });
      const good = judge.told("called").length;
      const target = scriptTarget(CALLED, judge);
      const { bytes } = await server.tell(`GET ${target} HTTP/1.1\r\nHost: a\r\nno field\r\n\r\n`);
      const isRefused = /^HTTP\/1\.\d [45]/.test(bytes.toString("latin1"));
      const bad = judge.told("called").length - good;
      const isRight = good === 3 && (isRefused ? bad === 0 : bad <= 1);
      const malformed = `a malformed request, ${isRefused ? "refused" : "not refused"}: ${bad}`;
      return passIf(isRight, `3 requests: ${good} calls; ${malformed}`);
    },
  },
  {
    name: "called-again",
    title: "the same process can call the application more than once",
    group: "The call",
    level: "MUST",
    source: OVERVIEW,
    requirements: ["S2"],
    async judge(server) {
      const processes: number[] = [];
      for (let request = 0; request < 16; request += 1) {
        const { process } = await server.facts();
        if (processes.includes(process)) return pass(`process ${process} did so`);
        processes.push(process);
      }
      return passIf(false, `${processes.length} requests in as many processes`);
    },
  },
  {
    name: "two-arguments",
    title: "the application is called with two positional arguments",
    group: "The call",
    level: "MUST",
    source: DETAILS,
    requirements: ["S3"],
    async judge(server) {
      const { arguments: positional, keywords } = await server.facts();
      const named = keywords.length === 0 ? "no keywords" : keywords.join(", ");
      return passIf(positional === 2 && keywords.length === 0, `${positional}, ${named}`);
    },
  },
  {
    name: "behind-middleware",
    title: "behind middleware that replaces environ, start_response and streams all is the same",
    group: "The call",
    level: "SHOULD",
    source: "PEP 3333, Server Extension APIs",
    requirements: ["S80"],
    async judge(server) {
      const answers = [
        await server.ask("GET", "/wrapped/hello"),
        await server.ask("POST", "/wrapped/echo", { body: "one\ntwo" }),
      ];
      const seen = answers.map(({ status, body }) => `${status} ${JSON.stringify(String(body))}`);
      const wanted = ['200 "hello"', '200 "one\\ntwo"'];
      return passIf(seen.join() === wanted.join(), seen.join(", "));
    },
  },
  {
    name: "extensions-step-aside",
    title: "an extension that replaces a part of WSGI refuses when middleware replaced that part",
    group: "The call",
    level: "MUST",
    source: "PEP 3333, Server Extension APIs",
    requirements: ["S79"],
    async judge(server) {
      const { names } = await server.facts();
      const own = names.filter((name) => name.includes(".") && !name.startsWith("wsgi."));
      const found = own.length === 0 ? "it offers none" : `it offers ${own.join(", ")}`;
      return notApplicable(`${found}; what they replace only their documentation says`);
    },
  },
  documented("application-documented", "how to name the application and its options", {
    source: "PEP 3333, Application Configuration",
    requirement: "S91",
  }),
  documented("variables-documented", "which CGI variables the server provides", {
    source: "PEP 3333, environ Variables",
    requirement: "S29",
  }),
  documented("errors-documented", "where what is written to wsgi.errors goes", {
    source: "PEP 3333, Input and Error Streams",
    requirement: "S45",
  }),
];

function documented(
  name: string,
  what: string,
  { source, requirement }: { readonly source: string; readonly requirement: string },
): Row {
  return {
    name,
    title: `the documentation says ${what}`,
    group: "The call",
    level: "SHOULD",
    source,
    requirements: [requirement],
    judge: () => Promise.resolve(notApplicable("no client can read a server's documentation")),
  };
}
