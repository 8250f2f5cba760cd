/** Rows about wsgi.file_wrapper, which a server may offer. */
import { fieldValue } from "../../client/field-list.ts";
import { type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { type Judgement, notApplicable, pass, passIf, type Row } from "../row.ts";
import type { FileKind, Script, Step } from "../script.ts";

const SOURCE = "PEP 3333, Optional Platform-Specific File Handling";
const NAME = "wsgi.file_wrapper";
const TEXT = "abcdefghij";

interface FileCase {
  readonly name: string;
  readonly title: string;
  readonly requirement: string;
  readonly files: readonly FileKind[];
  readonly start?: Step;
  readonly gives: string;
}

const CASES: readonly FileCase[] = [
  {
    name: "file-arguments",
    title: "it takes a file, and a block size as a second argument",
    requirement: "S84",
    files: [{ of: "disk" }, { of: "disk", block: 3 }, { of: "memory", block: 3 }],
    gives: TEXT,
  },
  {
    name: "file-not-returned",
    title: "what is wrapped and not returned is not sent",
    requirement: "S85",
    files: [{ of: "disk", fate: "dropped" }],
    gives: "dropped",
  },
  {
    name: "file-behind-middleware",
    title: "a middleware that iterates the wrapper changes what is sent",
    requirement: "S87",
    files: [
      { of: "disk", fate: "upper" },
      { of: "memory", fate: "upper" },
    ],
    gives: TEXT.toUpperCase(),
  },
  {
    name: "file-from-position",
    title: "the file is sent from where it stands",
    requirement: "S88",
    files: [
      { of: "disk", from: 5 },
      { of: "memory", from: 5 },
    ],
    gives: TEXT.slice(5),
  },
  {
    name: "file-to-length",
    title: "and to its end or as far as Content-Length goes",
    requirement: "S88",
    files: [
      { of: "disk", from: 5 },
      { of: "memory", from: 5 },
    ],
    start: ["start", "200 OK", [["Content-Length", "3"]]],
    gives: TEXT.slice(5, 8),
  },
  {
    name: "file-without-descriptor",
    title: "an object that has read() alone is sent too",
    requirement: "S90",
    files: [{ of: "memory" }],
    gives: TEXT,
  },
];

export const FILE_ROWS: readonly Row[] = [
  {
    name: "file-wrapper",
    title: "the server may offer wsgi.file_wrapper",
    group: "Files",
    level: "MAY",
    source: SOURCE,
    requirements: ["S83"],
    async judge(server) {
      return pass((await server.facts()).names.includes(NAME) ? "it does" : "it does not");
    },
  },
  ...CASES.map(({ name, title, requirement, ...rest }) =>
    fileRow({ name, title, level: "MUST", requirement }, (server) => judgeFiles(server, rest)),
  ),
  fileRow(
    {
      name: "file-closed",
      title: "close() of the wrapper closes the file, also behind middleware",
      level: "MUST",
      requirement: "S86",
    },
    judgeClosing,
  ),
  fileRow(
    {
      name: "file-length",
      title: "the server may take Content-Length from the file",
      level: "MAY",
      requirement: "S89",
    },
    async (server) => {
      const { fields } = await server.perform(scriptOf({ of: "disk" }, START));
      return pass(fieldValue(fields, "content-length") === undefined ? "it does not" : "it does");
    },
  ),
];

interface FileRow {
  readonly name: string;
  readonly title: string;
  readonly level: Row["level"];
  readonly requirement: string;
}

function fileRow({ requirement, ...row }: FileRow, judge: Row["judge"]): Row {
  return {
    ...row,
    group: "Files",
    source: SOURCE,
    requirements: [requirement],
    async judge(server) {
      const isOffered = (await server.facts()).names.includes(NAME);
      return isOffered ? judge(server) : notApplicable(`no ${NAME}`);
    },
  };
}

async function judgeFiles(
  server: ProbedServer,
  { files, start = START, gives }: Pick<FileCase, "files" | "start" | "gives">,
): Promise<Judgement> {
  const wrong: string[] = [];
  for (const file of files) {
    const { status, body } = await server.perform(scriptOf(file, start));
    if (String(body) !== gives) wrong.push(`${JSON.stringify(file)}: ${status} ${String(body)}`);
  }
  return passIf(wrong.length === 0, wrong.join(", ") || gives);
}

async function judgeClosing(server: ProbedServer): Promise<Judgement> {
  const seen: number[] = [];
  for (const file of [{ of: "disk" }, { of: "memory" }, { of: "disk", fate: "upper" }] as const) {
    await using judge = await server.judge();
    judge.letThrough("close");
    {
      using connection = await server.connect();
      connection.request("GET", scriptTarget(scriptOf(file, START), judge));
      await connection.answer();
      await judge.arrival("close");
      // A server that waits for its client to close may serve nobody else until then.
    }
    await server.ask("GET", "/hello");
    seen.push(judge.told("close").length);
  }
  return passIf(seen.join() === "1,1,1", `${seen.join(", ")} times`);
}

function scriptOf(file: FileKind, start: Step): Script {
  const close: Step[] = [["reach", "close"]];
  return { call: [start], body: "file", file, items: [["yield", TEXT]], close };
}
