/** Rows about what the environ says of a request: method, target, host and version. */
import { type Answer, ConnectionEnded, type RequestParts } from "../../client/client-connection.ts";
import { type Facts, factsOf } from "../facts.ts";
import type { ProbedServer } from "../probed-server.ts";
import { fail, notApplicable, pass, passIf, type Row } from "../row.ts";

const SOURCE = "PEP 3333, environ Variables";

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
/** A server may refuse what it does not know, but not show another one. */
const OTHER_METHODS = ["PROPFIND", "FOO", "get"];

const PATHS: Readonly<Record<string, string>> = {
  "/a%20b": "/a b",
  "/caf%C3%A9": "/caf\u00c3\u00a9",
  "/%ff": "/\u00ff",
  "/a;p=1": "/a;p=1",
  "/%2541": "/%41",
};

/** What RFC 3875 §4.1.5 leaves to the system. */
const ODD_PATHS = ["/caf%C3%A9%2Fx/../z", "/a%2Fb", "//a", "/a/../b"];

const QUERIES: Readonly<Record<string, string>> = {
  "/": "",
  "/?": "",
  "/?a=b&c": "a=b&c",
  "/?a?b": "a?b",
  "/?%41+%zz": "%41+%zz",
};

const HOSTS: Readonly<Record<string, RequestParts>> = {
  "HTTP/1.1": {},
  "an empty Host": { fields: [["Host", ""]] },
  "HTTP/1.0 without Host": { version: "HTTP/1.0" },
};

const URLS = ["/", "/a%20b/c", "/caf%C3%A9?x=%41&y", "/a;p=1/"];

export const CGI_ROWS: readonly Row[] = [
  {
    name: "method",
    title: "REQUEST_METHOD is the method as it was sent",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S17"],
    async judge(server) {
      const wrong: string[] = [];
      for (const method of [...METHODS, ...OTHER_METHODS]) {
        const seen = await methodSeen(server, method);
        const isAllowed = typeof seen === "number" && OTHER_METHODS.includes(method);
        if (seen !== method && !isAllowed) wrong.push(`${method}: ${seen}`);
      }
      return passIf(wrong.length === 0, wrong.join(", ") || METHODS.join(", "));
    },
  },
  {
    name: "script-name",
    title: "SCRIPT_NAME is empty for an application at the root",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S18"],
    async judge(server) {
      const { SCRIPT_NAME } = (await server.facts("/x/y")).strings;
      return passIf((SCRIPT_NAME ?? "") === "", JSON.stringify(SCRIPT_NAME ?? null));
    },
  },
  {
    name: "script-name-mounted",
    title: "SCRIPT_NAME and PATH_INFO divide the path where the application is mounted",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S18", "S19"],
    async judge(server) {
      const { mount } = server.expectations;
      if (mount === undefined) return notApplicable("nobody said where else it is mounted");
      const { SCRIPT_NAME, PATH_INFO } = (await server.facts(`${mount}/x/y`)).strings;
      const bare = (await server.facts(mount)).strings.PATH_INFO ?? "";
      const isRight = SCRIPT_NAME === mount && PATH_INFO === "/x/y" && bare === "";
      return passIf(isRight, `${SCRIPT_NAME} and ${PATH_INFO}; bare: ${JSON.stringify(bare)}`);
    },
  },
  {
    name: "path-info",
    title: "PATH_INFO is the path, percent-decoded once, a character for each byte",
    group: "environ",
    level: "MUST",
    source: "PEP 3333, environ Variables; RFC 3875 §4.1.5",
    requirements: ["S19"],
    judge: (server) => judgeTargets(server, PATHS, "PATH_INFO"),
  },
  {
    name: "path-info-odd",
    title: "an encoded slash, empty and dot segments: the server decides what PATH_INFO has",
    group: "environ",
    level: "MAY",
    source: "RFC 3875 §4.1.5",
    async judge(server) {
      const seen: string[] = [];
      for (const path of ODD_PATHS) {
        const answer = await server.ask("GET", path);
        const shown =
          answer.status === 200 ? factsOf(answer.body).strings.PATH_INFO : answer.status;
        seen.push(`${path} → ${shown}`);
      }
      return pass(seen.join(", "));
    },
  },
  {
    name: "query-string",
    title: "QUERY_STRING is what follows the first question mark, as it was sent",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S20"],
    judge: (server) => judgeTargets(server, QUERIES, "QUERY_STRING"),
  },
  {
    name: "server-name",
    title: "SERVER_NAME is never empty",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S23"],
    judge: (server) => judgeHosts(server, "SERVER_NAME", /./),
  },
  {
    name: "server-port",
    title: "SERVER_PORT is never empty, and digits",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S24"],
    judge: (server) => judgeHosts(server, "SERVER_PORT", /^\d+$/),
  },
  {
    name: "protocol",
    title: "SERVER_PROTOCOL is the version that the client used",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S25"],
    async judge(server) {
      const seen: (string | undefined)[] = [];
      for (const version of ["HTTP/1.0", "HTTP/1.1"] as const) {
        seen.push((await server.facts("/", { version })).strings.SERVER_PROTOCOL);
      }
      return passIf(seen.join() === "HTTP/1.0,HTTP/1.1", seen.join(", "));
    },
  },
  {
    name: "url",
    title: "environ gives back the URL of the request",
    group: "environ",
    level: "MUST",
    source: "PEP 3333, URL Reconstruction",
    requirements: ["S82"],
    async judge(server) {
      const wrong: string[] = [];
      const fields = [["Host", "probe.example:8123"]] as const;
      for (const target of URLS) {
        const { url } = await server.facts(target, { fields });
        if (url !== `http://probe.example:8123${target}`) wrong.push(`${target}: ${url}`);
      }
      const { url } = await server.facts("/a", { version: "HTTP/1.0" });
      const own = `:${server.port === 80 ? "" : server.port}/a`.replace(/^:\//, "/");
      if (!url.startsWith("http://") || !url.endsWith(own)) wrong.push(`without Host: ${url}`);
      return passIf(wrong.length === 0, wrong.join(", ") || "it does");
    },
  },
];

/** The method that the application saw, or the status it was refused with. */
async function methodSeen(server: ProbedServer, method: string): Promise<string | number> {
  await using judge = await server.judge();
  judge.letThrough("environ");
  // Whatever the client gets, the application may have told its facts before.
  const [answer] = await Promise.allSettled([server.ask(method, `/environ?judge=${judge.port}`)]);
  const [facts] = judge.told("environ") as readonly Facts[];
  if (facts !== undefined) return facts.strings.REQUEST_METHOD ?? "missing";
  if (answer.status === "rejected") throw answer.reason;
  return answer.value.status;
}

async function judgeTargets(
  server: ProbedServer,
  wanted: Readonly<Record<string, string>>,
  variable: string,
) {
  const wrong: string[] = [];
  for (const [target, value] of Object.entries(wanted)) {
    const answer = await server.ask("GET", target);
    if (answer.status !== 200) return fail(`${target}: ${answer.status}`);
    const seen = factsOf(answer.body).strings[variable] ?? "";
    if (seen !== value) wrong.push(`${target}: ${JSON.stringify(seen)}`);
  }
  return passIf(wrong.length === 0, wrong.join(", ") || "it is");
}

/** Undefined where the connection ends without an answer. */
async function answerUnlessRefused(
  server: ProbedServer,
  parts: RequestParts,
): Promise<Answer | undefined> {
  try {
    return await server.ask("GET", "/", parts);
  } catch (error) {
    if (error instanceof ConnectionEnded) return undefined;
    throw error;
  }
}

async function judgeHosts(server: ProbedServer, variable: string, good: RegExp) {
  const seen: string[] = [];
  let isRight = true;
  for (const [name, parts] of Object.entries(HOSTS)) {
    const answer = await answerUnlessRefused(server, parts);
    const value = answer?.status === 200 ? (factsOf(answer.body).strings[variable] ?? "") : "";
    // An empty Host may be refused: it names nothing that this server could be.
    const isRefused = name === "an empty Host" && (answer === undefined || answer.status === 400);
    isRight &&= isRefused || good.test(value);
    seen.push(`${name}: ${answer?.status === 200 ? value : (answer?.status ?? "closed")}`);
  }
  return passIf(isRight, seen.join(", "));
}
