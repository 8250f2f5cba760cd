/** Rows about statuses and headers that an application must not give: raised, and never on the wire. */
import { type AnswerHead, ConnectionEnded, ServerSilent } from "../../client/client-connection.ts";
import { type ProbedServer, scriptTarget } from "../probed-server.ts";
import { type Judgement, passIf, type Row } from "../row.ts";
import type { Report, Step, Told } from "../script.ts";
import { hasRaised } from "./start-response-rows.ts";

const SOURCE = "PEP 3333, The start_response() Callable";
const TEXT = ["Content-Type", "text/plain"] as const;

/** A head that start_response is given, and how the evidence names it. */
interface BadHead {
  readonly name: string;
  readonly status?: Told;
  readonly field?: readonly unknown[];
}

/** RFC 2616 §13.5.1, as wsgiref.util.is_hop_by_hop has them; the value is no server's own. */
const HOP_BY_HOP: readonly BadHead[] = [
  ...["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE"],
  ...["Trailers", "Transfer-Encoding", "Upgrade", "tRANSFER-eNCODING"],
].map((name) => ({ name, field: [name, "x-probe"] }));

const CONTROLS_IN_STATUS: readonly BadHead[] = [
  { name: "CR LF and a field", status: "200 OK\r\nX-Injected: 1" },
  { name: "LF at the end", status: "200 OK\n" },
  { name: "a control character", status: "200 \u0001" },
];

const STATUSES: readonly BadHead[] = [
  ...["200", " 200 OK", "20 OK", "2000 X", "abc"].map((status) => ({
    name: JSON.stringify(status),
    status,
  })),
  { name: "a number", status: 200 },
  { name: "bytes", status: { bytes: "200 OK" } },
];

const CONTROLS_IN_VALUES: readonly BadHead[] = [
  { name: "CR LF and a field", field: ["X-Probe", "a\r\nX-Injected: 1"] },
  { name: "LF and a field", field: ["X-Probe", "a\nX-Injected: 1"] },
  { name: "CR at the end", field: ["X-Probe", "a\r"] },
  { name: "NUL", field: ["X-Probe", "a\0b"] },
  { name: "U+0001", field: ["X-Probe", "a\u0001b"] },
];

const NAMES: readonly BadHead[] = ["", "X Y", "X:", "X\n", "\u00e9"].map((name) => ({
  name: JSON.stringify(name),
  field: [name, "x"],
}));

const TYPES: readonly BadHead[] = [
  { name: "a wide character", field: ["X-Probe", "\u20ac"] },
  { name: "a wide character in the status", status: "200 \u20ac" },
  { name: "a number as value", field: ["X-Probe", 1] },
  { name: "None as value", field: ["X-Probe", null] },
];

export const BAD_HEAD_ROWS: readonly Row[] = [
  {
    name: "head-checked-at-once",
    title: "start_response itself raises for a bad head, while the application can still answer",
    group: "start_response",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S47"],
    judge: (server) =>
      judgeRaised(
        server,
        [CONTROLS_IN_VALUES, NAMES, TYPES].flatMap((heads) => heads.slice(0, 1)),
      ),
  },
  {
    name: "hop-by-hop-raises",
    title: "start_response raises for hop-by-hop headers, in any case of letters",
    group: "start_response",
    level: "SHOULD",
    source: "PEP 3333, Other HTTP Features",
    requirements: ["S48", "S54"],
    judge: (server) => judgeRaised(server, HOP_BY_HOP),
  },
  {
    name: "hop-by-hop-on-wire",
    title: "an application's hop-by-hop headers do not reach the client",
    group: "start_response",
    level: "SHOULD",
    source: "PEP 3333, Other HTTP Features",
    requirements: ["S48", "S54"],
    judge: (server) =>
      judgeWire(
        server,
        HOP_BY_HOP,
        ({ fields }) => fields.some(([, value]) => value === "x-probe"),
        "good",
      ),
  },
  {
    name: "status-controls",
    title: "a status with control characters does not reach the client",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S49"],
    judge: (server) => judgeWire(server, CONTROLS_IN_STATUS, hasControls, "good"),
  },
  {
    name: "status-form",
    title: "a status that is not three digits, a space and a reason is an error",
    group: "start_response",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S50"],
    judge: (server) => judgeWire(server, STATUSES, ({ status }) => status < 500),
  },
  {
    name: "value-controls",
    title: "a header's value with control characters does not reach the client",
    group: "start_response",
    level: "MUST",
    source: SOURCE,
    requirements: ["S51"],
    judge: (server) => judgeWire(server, CONTROLS_IN_VALUES, hasControls, "good"),
  },
  {
    name: "header-names",
    title: "a name that is no token is an error",
    group: "start_response",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S51"],
    judge: (server) => judgeWire(server, NAMES, ({ status }) => status < 500),
  },
  {
    name: "head-types",
    title: "a head of other types, or of wider characters than U+00FF, is an error",
    group: "start_response",
    level: "MUST",
    source: "PEP 3333, Unicode Issues",
    requirements: ["S71"],
    judge: (server) => judgeWire(server, TYPES, ({ status }) => status < 500),
  },
];

function startOf({ status = "200 OK", field }: BadHead): Step {
  return ["start", status, field === undefined ? [TEXT] : [TEXT, field]];
}

/** Each of these heads makes start_response raise. */
async function judgeRaised(server: ProbedServer, heads: readonly BadHead[]): Promise<Judgement> {
  const passed: string[] = [];
  for (const head of heads) {
    await using judge = await server.judge();
    judge.letThrough("tried");
    const failure: Step = ["start", "500 Failure", [TEXT], "exc_info"];
    const call: Step[] = [["try", startOf(head)], ["reach", "tried"], failure, ["yield", "x"]];
    using connection = await server.connect();
    connection.request("GET", scriptTarget({ call }, judge));
    const { told } = await judge.arrival("tried");
    // The application tells its report at every point.
    if (!hasRaised((told as Report).outcomes[0])) passed.push(head.name);
    // What the client gets of it is for other rows to judge.
    await Promise.allSettled([connection.answer()]);
  }
  return passIf(
    passed.length === 0,
    passed.length === 0 ? "it does" : `not for ${passed.join(", ")}`,
  );
}

/** None of these heads gets to the client in the way that `isBad` says; other rows judge a silence. */
async function judgeWire(
  server: ProbedServer,
  heads: readonly BadHead[],
  isBad: (answer: AnswerHead) => boolean,
  silence: "bad" | "good" = "bad",
): Promise<Judgement> {
  const bad: string[] = [];
  const seen = new Set<string>();
  for (const head of heads) {
    const answer = await answerTo(server, head);
    seen.add(typeof answer === "string" ? answer : String(answer.status));
    const isRight =
      typeof answer === "string"
        ? answer === "dropped" || (answer === "silence" && silence === "good")
        : !isBad(answer);
    if (!isRight) bad.push(head.name);
  }
  const words = [...seen].join(", ");
  return passIf(bad.length === 0, bad.length === 0 ? words : `${words}; not for ${bad.join(", ")}`);
}

async function answerTo(
  server: ProbedServer,
  head: BadHead,
): Promise<AnswerHead | "unreadable" | "dropped" | "silence"> {
  try {
    using connection = await server.connect();
    connection.request("GET", scriptTarget({ call: [startOf(head), ["yield", "x"]] }));
    // No body: one whose framing the application spoilt may never end.
    return await connection.head();
  } catch (error) {
    if (error instanceof ServerSilent) return "silence";
    if (error instanceof ConnectionEnded) {
      return error.message.endsWith('after ""') || error.cause !== undefined
        ? "dropped"
        : "unreadable";
    }
    if (error instanceof Error && /^not a /.test(error.message)) return "unreadable";
    throw error;
  }
}

/** A field that the application smuggled in, or one that no line of a head may hold. */
function hasControls({ reason, fields }: AnswerHead): boolean {
  return (
    /[\0-\x08\x0a-\x1f\x7f]/.test(reason) ||
    fields.some(
      ([name, value]) =>
        name.toLowerCase() === "x-injected" || /[\0-\x08\x0a-\x1f\x7f]/.test(value),
    )
  );
}
