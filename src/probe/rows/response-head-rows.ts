/** Rows about the head of a response: what the server adds to it, and what it leaves alone. */
import { fieldValues } from "../../client/field-list.ts";
import type { ProbedServer } from "../probed-server.ts";
import { fail, type Judgement, pass, passIf, type Row } from "../row.ts";
import type { Step } from "../script.ts";

const SOURCE = "PEP 3333, The start_response() Callable";
const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const IMF_FIXDATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

export const RESPONSE_HEAD_ROWS: readonly Row[] = [
  {
    name: "date-added",
    title: "a Date that the application did not give is added, in the form that HTTP has for it",
    group: "start_response",
    level: "MUST",
    source: `${SOURCE}; RFC 9110 §6.6.1`,
    requirements: ["S53"],
    async judge(server) {
      const dates = fieldValues((await server.ask("GET", "/hello")).fields, "date");
      const isRight = dates.length === 1 && IMF_FIXDATE.test(dates[0] ?? "");
      return passIf(isRight, dates.join(" and ") || "no Date");
    },
  },
  {
    name: "date-and-server-kept",
    title: "a Date or Server that the application gave, in any case of letters, is not doubled",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S53", "S54"],
    async judge(server) {
      const given = [
        ["DATE", DATE],
        ["sErver", "probe"],
      ];
      const { fields } = await server.perform({
        call: [
          ["start", "200 OK", given],
          ["yield", "x"],
        ],
      });
      const dates = fieldValues(fields, "date");
      const servers = fieldValues(fields, "server");
      const words = `${dates.join(" and ")}; ${servers.join(" and ")}`;
      return passIf(dates.length === 1 && servers.length === 1, words);
    },
  },
  {
    name: "length-in-any-case",
    title: "content-LENGTH is seen as Content-Length: there is no second framing",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S54"],
    async judge(server) {
      const start: Step = ["start", "200 OK", [["content-LENGTH", "5"]]];
      const { fields, body } = await server.perform({
        call: [start],
        body: "generator",
        items: [["yield", "hello"]],
      });
      const lengths = fieldValues(fields, "content-length");
      const codings = fieldValues(fields, "transfer-encoding");
      const isRight = lengths.join() === "5" && codings.length === 0 && String(body) === "hello";
      return passIf(isRight, [`length ${lengths.join(" and ")}`, ...codings].join(", "));
    },
  },
  {
    name: "head-left-alone",
    title: "an odd status arrives as the application gave it, and repeated headers in their order",
    group: "start_response",
    level: "SHOULD",
    source: "PEP 3333, Other HTTP Features",
    requirements: ["S75"],
    judge: judgeLeftAlone,
  },
  {
    name: "optional-features",
    title: "the server may validate caches, encode and cut bodies, if the meaning stays",
    group: "start_response",
    level: "MAY",
    source: "PEP 3333, Other HTTP Features",
    requirements: ["S77"],
    async judge(server) {
      const start: Step = ["start", "200 OK", [["ETag", '"x"']]];
      const { status, fields, body } = await server.perform(
        { call: [start, ["yield", "0123456789"]] },
        {
          fields: [
            ["Accept-Encoding", "gzip"],
            ["If-None-Match", '"y"'],
            ["Range", "bytes=0-1"],
          ],
        },
      );
      if (status === 206) return passIf(String(body) === "01", "it cuts");
      if (fieldValues(fields, "content-encoding").length > 0) return pass("it encodes");
      return passIf(status === 200 && String(body) === "0123456789", "it does not");
    },
  },
];

async function judgeLeftAlone(server: ProbedServer): Promise<Judgement> {
  const given = [
    ["X-Probe", "2"],
    ["x-other", "b"],
    ["X-Probe", "1"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ];
  const start: Step = ["start", "299 Odd", given];
  const { status, reason, fields } = await server.perform({ call: [start, ["yield", "x"]] });
  if (status !== 299) return fail(String(status));
  const own = fields.filter(([name]) => /^(x-probe|x-other|set-cookie)$/i.test(name));
  const seen = (name: string) => fieldValues(own, name).join();
  // RFC 9110 §5.3: whoever forwards them may make them one list, but for Set-Cookie.
  const isKept = /^2, ?1$/.test(seen("x-probe")) && seen("set-cookie") === "a=1,b=2";
  const isSame = JSON.stringify(own) === JSON.stringify(given);
  const told = own.map(([name, value]) => `${name}: ${value}`).join("; ");
  return passIf(isKept && reason === "Odd", `${status} ${reason}${isSame ? "" : `; ${told}`}`);
}
