/** Rows about wsgi.input and wsgi.errors. */
import { setTimeout as pause } from "node:timers/promises";
import type { RequestParts } from "../../client/client-connection.ts";
import { logSays } from "../error-log.ts";
import { outcomesOf, type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { type Judgement, pass, passIf, type Row } from "../row.ts";
import type { Script, Step } from "../script.ts";

const SOURCE = "PEP 3333, Input and Error Streams";

/** In milliseconds; small, and long enough for each byte to arrive alone. */
const BETWEEN_BYTES = 5;

type Level = Row["level"];

/** What reading gives, step by step. */
interface Reading {
  readonly name: string;
  readonly title: string;
  readonly level: Level;
  readonly requirements?: readonly string[];
  /** Without it the request is a GET that has none. */
  readonly body?: string;
  readonly steps: readonly Step[];
  /** The results of the steps. */
  readonly gives: readonly unknown[];
}

const ALL_WAYS: readonly Step[] = [
  ["read", "read"],
  ["read", "read", 10],
  ["read", "readline"],
  ["read", "readlines"],
  ["read", "iterate"],
];
const NOTHING_AT_ALL = ["", "", "", [], []];

/** Only a SHOULD lets anybody read beyond what Content-Length counts: no MUST does that here. */
const READINGS: readonly Reading[] = [
  {
    name: "input-read",
    title: "read() gives the whole body as bytes, and ends where the body does",
    level: "SHOULD",
    requirements: ["S37", "S38"],
    body: "hello",
    steps: [["read", "read"]],
    gives: ["hello"],
  },
  {
    name: "input-read-rest",
    title: "read(2), then read(), gives two bytes and the rest",
    level: "SHOULD",
    requirements: ["S38"],
    body: "hello",
    steps: [
      ["read", "read", 2],
      ["read", "read"],
    ],
    gives: ["he", "llo"],
  },
  {
    name: "input-past-end",
    title: "read(100) of five bytes gives five, and then none",
    level: "SHOULD",
    requirements: ["S37", "S39"],
    body: "hello",
    steps: [
      ["read", "read", 100],
      ["read", "read", 100],
    ],
    gives: ["hello", ""],
  },
  {
    name: "input-none",
    title: "without a body, every way of reading gives nothing at once",
    level: "SHOULD",
    requirements: ["S39"],
    steps: ALL_WAYS,
    gives: NOTHING_AT_ALL,
  },
  {
    name: "input-ended",
    title: "after the end, every way of reading gives nothing at once",
    level: "SHOULD",
    requirements: ["S39"],
    body: "hello",
    steps: [["read", "read", 5], ...ALL_WAYS],
    gives: ["hello", ...NOTHING_AT_ALL],
  },
  {
    name: "input-readline-size",
    title: "readline(4) gives four bytes of a longer line",
    level: "SHOULD",
    requirements: ["S40"],
    body: "123456789\nab",
    steps: [
      ["read", "readline", 4],
      ["read", "readline"],
      ["read", "readline", 4],
    ],
    gives: ["1234", "56789\n", "ab"],
  },
  {
    name: "input-sizes",
    title: "read(0) gives nothing and takes nothing, as in Python's library",
    level: "MUST",
    requirements: ["S42"],
    body: "hello",
    steps: [
      ["read", "read", 0],
      ["read", "read", 5],
    ],
    gives: ["", "hello"],
  },
  {
    name: "input-all",
    title: "read(-1) gives everything, as in Python's library",
    level: "SHOULD",
    requirements: ["S37", "S42"],
    body: "hello",
    steps: [["read", "read", -1]],
    gives: ["hello"],
  },
  {
    name: "input-readline",
    title: "readline() ends a line at LF alone, which it gives too",
    level: "MUST",
    requirements: ["S36", "S42"],
    body: "a\r\nb\n",
    steps: [
      ["read", "readline"],
      ["read", "readline"],
    ],
    gives: ["a\r\n", "b\n"],
  },
  {
    name: "input-last-line",
    title: "readline() gives the last line, which has no LF, and then none",
    level: "SHOULD",
    requirements: ["S37", "S42"],
    body: "a\nb",
    steps: [
      ["read", "readline"],
      ["read", "readline"],
      ["read", "readline"],
    ],
    gives: ["a\n", "b", ""],
  },
  {
    name: "input-readlines-reach",
    title: "readlines(hint) gives the lines that the hint reaches into",
    level: "MUST",
    requirements: ["S36", "S41"],
    body: "a\r\nb\n",
    // Who takes the hint stops at the last line, whose end exceeds it; who does not has an end there.
    steps: [["read", "readlines", 4]],
    gives: [["a\r\n", "b\n"]],
  },
  {
    name: "input-readlines",
    title: "readlines() gives all lines",
    level: "SHOULD",
    requirements: ["S36", "S37", "S41"],
    body: "a\r\nb\nc",
    steps: [["read", "readlines"]],
    gives: [["a\r\n", "b\n", "c"]],
  },
  {
    name: "input-iteration",
    title: "iteration gives line after line",
    level: "SHOULD",
    requirements: ["S36", "S37", "S42"],
    body: "a\r\nb\nc",
    steps: [["read", "iterate"]],
    gives: [["a\r\n", "b\n", "c"]],
  },
];

export const INPUT_ROWS: readonly Row[] = [
  {
    name: "input-methods",
    title: "wsgi.input has read(), readline(), readlines() and iteration",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: SOURCE,
    requirements: ["S33c", "S36"],
    async judge(server) {
      const { inputLacks } = await server.facts();
      return passIf(inputLacks.length === 0, inputLacks.join(", ") || "it has");
    },
  },
  ...READINGS.map(
    ({ name, title, level, requirements = [], ...reading }): Row => ({
      name,
      title,
      group: "wsgi.input and wsgi.errors",
      level,
      source: SOURCE,
      requirements,
      judge: (server) => judgeReading(server, reading),
    }),
  ),
  {
    name: "input-bytes",
    title: "what is read is bytes, and nothing like bytes",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: "PEP 3333, Unicode Issues",
    requirements: ["S70"],
    async judge(server) {
      const body = "a\nb\nc\nd\n";
      const steps: Step[] = [
        ["read", "read", 2],
        ["read", "readline", 2],
        ["read", "readlines", 1],
      ];
      const outcomes = await server.outcomes(steps, { method: "POST", body });
      const texts = outcomes.flat();
      const odd = texts.filter((text) => typeof text !== "string");
      return passIf(odd.length === 0, JSON.stringify(outcomes));
    },
  },
  {
    name: "input-readlines-hint",
    title: "readlines(1) may give one line or all that are left",
    group: "wsgi.input and wsgi.errors",
    level: "MAY",
    source: SOURCE,
    requirements: ["S41"],
    async judge(server) {
      const parts = { method: "POST", body: "a\nb\nc\n" };
      const [lines] = await server.outcomes([["read", "readlines", 1]], parts);
      const text = Array.isArray(lines) ? lines.join("") : "";
      return passIf(text !== "" && "a\nb\nc\n".startsWith(text), JSON.stringify(lines));
    },
  },
  {
    name: "input-byte-by-byte",
    title: "a body that comes byte by byte is read as one that comes at once",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: SOURCE,
    requirements: ["S42"],
    judge: judgeByteByByte,
  },
  {
    name: "errors-methods",
    title: "wsgi.errors has write(), writelines() and flush(), and they take text",
    group: "wsgi.input and wsgi.errors",
    level: "MUST",
    source: SOURCE,
    requirements: ["S33d", "S43"],
    judge: judgeErrors,
  },
  {
    name: "errors-any-text",
    title: "wsgi.errors takes any text, even what no encoding has",
    group: "wsgi.input and wsgi.errors",
    level: "SHOULD",
    source: "PEP 3333, environ Variables",
    requirements: ["S35"],
    async judge(server) {
      const text = "probe: \u20ac \ud800 \u{1f600}\n";
      const [outcome] = await server.outcomes([["try", ["errors", "write", text]]]);
      return passIf(outcome === "returned", JSON.stringify(outcome));
    },
  },
  {
    name: "errors-buffered",
    title: "what is written to wsgi.errors may wait for flush(), or not",
    group: "wsgi.input and wsgi.errors",
    level: "MAY",
    source: SOURCE,
    requirements: ["S44"],
    judge: () => Promise.resolve(pass("either is right")),
  },
];

async function judgeReading(
  server: ProbedServer,
  { body, steps, gives }: Pick<Reading, "body" | "steps" | "gives">,
): Promise<Judgement> {
  const parts: RequestParts & { method?: string } =
    body === undefined ? {} : { method: "POST", body };
  const outcomes = await server.outcomes(steps, parts);
  return passIf(JSON.stringify(outcomes) === JSON.stringify(gives), JSON.stringify(outcomes));
}

async function judgeByteByByte(server: ProbedServer): Promise<Judgement> {
  const body = "a\r\nb\nc";
  const script: Script = {
    call: [["read", "readline"], ["read", "read", 3], START, ["answer"]],
  };
  using connection = await server.connect();
  const fields = [["Content-Length", String(body.length)]] as const;
  connection.request("POST", scriptTarget(script), { fields });
  for (const byte of body) {
    await pause(BETWEEN_BYTES);
    connection.send(byte);
  }
  const outcomes = outcomesOf(await connection.answer());
  return passIf(JSON.stringify(outcomes) === '["a\\r\\n","b\\nc"]', JSON.stringify(outcomes));
}

async function judgeErrors(server: ProbedServer): Promise<Judgement> {
  const { errorsLacks } = await server.facts();
  if (errorsLacks.length > 0) return passIf(false, `it lacks ${errorsLacks.join(", ")}`);
  const mark = `probe-${Math.random().toString(36).slice(2)}`;
  const outcomes = await server.outcomes([
    ["try", ["errors", "write", `${mark}-1\n`]],
    ["try", ["errors", "writelines", [`${mark}-2\n`, `${mark}-3\n`]]],
    ["try", ["errors", "flush"]],
  ]);
  const refused = outcomes.filter((outcome) => outcome !== "returned");
  if (refused.length > 0) return passIf(false, JSON.stringify(refused));
  const isLogged = await logSays(server, (log) =>
    ["1", "2", "3"].every((line) => log.includes(`${mark}-${line}`)),
  );
  if (isLogged === undefined) return pass("it has; its log was not looked at");
  return passIf(isLogged, isLogged ? "it has, and the log too" : "it has, but the log has not");
}
