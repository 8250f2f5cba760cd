/** One server and its rows: whatever a row does to it, the next one finds it well. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeServer } from "../../conformance/judge-server.ts";
import type { JudgedServer } from "../../conformance/servers.ts";
import { fail, pass, type Row } from "../../src/probe/row.ts";
import { isRunning } from "../support/until.ts";

/** Answers `hello PID`; at /exit it ends, and at /hang it answers nobody any more. */
const FRAGILE = `
  let deaf = false;
  require("node:http").createServer((request, response) => {
    if (request.url === "/exit") process.exit(1);
    if (request.url === "/hang") deaf = true;
    if (!deaf) response.end(request.url === "/pid" ? String(process.pid) : "hello");
  }).listen(Number(process.argv[1]), "127.0.0.1");
`;

const SERVER: JudgedServer = {
  name: "fragile",
  short: "fragile",
  threads: 1,
  processes: 1,
  packages: [],
  command: (port) => [process.execPath, "-e", FRAGILE, port],
  ready: { path: "/hello", body: "hello" },
};

/** A row that asks for one path and gives the answer as its evidence. */
function asks(name: string, path: string): Row {
  return {
    name,
    title: name,
    group: "The call",
    level: "MUST",
    source: "this test",
    judge: async (server) => pass((await server.ask("GET", path)).body.toString()),
  };
}

const PID = asks("pid", "/pid");
const PID_AGAIN = asks("pid again", "/pid");

const throwsRow: Row = {
  ...PID,
  name: "throws",
  judge: () => Promise.reject(new Error("cannot be spoken to")),
};

function judge(...rows: readonly Row[]): ReturnType<typeof judgeServer> {
  return judgeServer(SERVER, rows, new AbortController().signal);
}

describe("judging a server", () => {
  test("puts all rows to one process, which ends with them", async () => {
    const judgements = await judge(PID, PID_AGAIN);
    assert.deepEqual(judgements["pid again"], judgements.pid);
    assert.equal(isRunning(Number(judgements.pid?.evidence)), false);
  });

  test("fails a row at which the server dies, and starts it anew for the next", async () => {
    const judgements = await judge(PID, asks("exit", "/exit"), PID_AGAIN);
    assert.equal(judgements.exit?.verdict, "fail");
    assert.match(judgements.exit?.evidence ?? "", /: the server died$/);
    assert.match(judgements["pid again"]?.evidence ?? "", /^\d+$/);
    assert.notDeepEqual(judgements["pid again"], judgements.pid);
  });

  test("starts a server anew that answers nobody any more, and ends the old one", async () => {
    const judgements = await judge(PID, asks("hang", "/hang"), PID_AGAIN);
    assert.match(judgements.hang?.evidence ?? "", /silent/);
    assert.notDeepEqual(judgements["pid again"], judgements.pid);
    assert.equal(isRunning(Number(judgements.pid?.evidence)), false);
  });

  test("fails a row that cannot be judged, with the reason", async () => {
    assert.deepEqual((await judge(throwsRow)).throws, fail("cannot be spoken to"));
  });

  test("asks once more where a row fails, and what counts is the second time", async () => {
    const verdicts = [fail("busy"), pass("idle")];
    const busyOnce: Row = {
      ...PID,
      name: "busy once",
      judge: async () => verdicts.shift() ?? fail(""),
    };
    assert.deepEqual((await judge(busyOnce))["busy once"], pass("idle"));
  });

  test("tells what a server says that does not start", async () => {
    const command = (): string[] => [process.execPath, "-e", "throw new Error('no port')"];
    await assert.rejects(
      judgeServer({ ...SERVER, command }, [PID], new AbortController().signal),
      /fragile did not start:[\s\S]*no port/,
    );
  });
});
