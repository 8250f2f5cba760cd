/** For each attack what its application does, and what its `safe` text says beyond its other fields. */
import assert from "node:assert/strict";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import type { Behaviour } from "../apps/attacked.ts";
import type { Played } from "./attack-plays.ts";

export interface Demand {
  /** What the application does, one play for each; it echoes where nothing is said. */
  readonly behaviours?: readonly Behaviour[];
  readonly safe?: (played: Played) => void;
}

const IGNORES_BODY: Behaviour = { special: "ignores the body" };

export const DEMANDS: Readonly<Record<string, Demand>> = {
  "tete-19": { safe: (played) => bodies(played, "/ hello") },
  "cl0-02": { behaviours: [IGNORES_BODY] },
  "cl0-04": { behaviours: [IGNORES_BODY] },
  "cl-33": { safe: (played) => bodies(played, "/ hello") },
  "cl-35": { safe: (played) => environHas(played, { CONTENT_LENGTH: "0" }) },
  "chunk-41": { safe: (played) => bodies(played, "/ 0123456789") },
  "chunk-43": {
    safe: (played) => {
      environHas(played, { HTTP_HOST: "t.example" });
      environLacks(played, "HTTP_AUTHORIZATION");
    },
  },
  "chunk-45": { safe: (played) => assert.equal(played.answers[0]?.body.length, 1_000_002) },
  "field-10": { safe: ({ log }) => assert.ok(!log.includes("\x1b")) },
  "field-14": { safe: (played) => environHas(played, { HTTP_X: "caf\xc3\xa9" }) },
  "field-20": { safe: (played) => environHas(played, { HTTP_X_USER: "\xa0admin\xa0" }) },
  "env-04": {
    safe: (played) => {
      bodies(played, "/ ");
      environLacks(played, "HTTP_TRANSFER_ENCODING");
    },
  },
  "env-06": {
    safe: (played) => {
      environHas(played, { SCRIPT_NAME: "" });
      environLacks(played, "HTTP_SCRIPT_NAME");
    },
  },
  "env-12": {
    safe: ({ seen }) => {
      for (const { environ } of seen) assert.doesNotMatch(environ.HTTP_AUTHORIZATION ?? "", /,/);
    },
  },
  "req-16": { safe: (played) => environHas(played, { REQUEST_METHOD: "get" }) },
  "req-20": {
    safe: (played) => environHas(played, { HTTP_HOST: "real.example", PATH_INFO: "/p" }),
  },
  "req-22": {
    safe: ({ seen }) => {
      for (const { environ } of seen) assert.doesNotMatch(environ.HTTP_HOST ?? "", /@/);
    },
  },
  "req-26": {
    safe: (played) => environHas(played, { PATH_INFO: "/a/../b", REQUEST_URI: "/a%2f..%2fb" }),
  },
  "req-28": { safe: (played) => environHas(played, { PATH_INFO: "/a\0b" }) },
  "req-30": { safe: (played) => environHas(played, { PATH_INFO: "/%zz%1" }) },
  "req-32": { safe: (played) => environHas(played, { PATH_INFO: "/caf\xc3\xa9" }) },
  "req-34": { safe: (played) => environHas(played, { QUERY_STRING: "?" }) },
  "host-09": {
    safe: ({ answers }) => assert.doesNotMatch(String(answers[0]?.body), /script/),
  },
  "host-11": { safe: (played) => environHas(played, { HTTP_HOST: "[::1]:8080" }) },
  "host-13": {
    safe: (played) => {
      environHas(played, { SERVER_NAME: "127.0.0.1" });
      environLacks(played, "HTTP_HOST");
    },
  },
  "exp-02": {
    behaviours: [IGNORES_BODY],
    // Room 3a of ARCHITECTURE.md wants the body before a Python application is called.
    safe: ({ engine, informational }) =>
      assert.equal(informational.length, engine === "cpython" ? 1 : 0),
  },
  "conn-01": { safe: (played) => assert.equal(fieldOf(played, "connection"), "close") },
  "conn-05": {
    safe: (played) => {
      if (played.answers.length === 1) return;
      assert.equal(fieldOf(played, "connection"), "keep-alive");
      assert.notEqual(fieldOf(played, "content-length"), undefined);
    },
  },
  "conn-09": {
    safe: ({ answers }) =>
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 400],
      ),
  },
  "pipe-01": {
    behaviours: [{ special: "is slow at first" }],
    safe: (played) => bodies(played, ...Array.from("0123456789", (digit) => `/${digit} `)),
  },
  "slow-01": { safe: timedOut },
  "slow-03": { safe: timedOut },
  "slow-05": { safe: ({ answers, log }) => assert.deepEqual([answers, log], [[], ""]) },
  "slow-07": {
    safe: ({ answers, log }) => {
      // The client is told that it has sent half a body; no application has answered.
      assert.deepEqual(
        answers.map(({ status }) => status),
        [400],
      );
      assert.doesNotMatch(log, /Error handling/);
    },
  },
  "slow-09": { safe: timedOut },
  "resp-02": refused({ headers: [["X", "a\nY: b"]], items: ["x"] }),
  "resp-04": refused({ headers: [["X", "a\0b"]], items: ["x"] }),
  "resp-06": refused(
    { headers: [["X Y", "b"]], items: ["x"] },
    { headers: [["X:", "b"]], items: ["x"] },
  ),
  "resp-08": refused({ status: "200", items: ["x"] }),
  "resp-10": refused({ status: 200, items: ["x"] }, { special: "status of bytes" }),
  "resp-12": {
    behaviours: [{ special: "headers in a tuple" }, { special: "headers in a dictionary" }],
    safe: ({ answers }) => assert.ok([200, 500].includes(answers[0]?.status ?? 0)),
  },
  "resp-14": refused(
    ...[
      ["Connection", "close"],
      ["Transfer-Encoding", "chunked"],
      ["Keep-Alive", "x"],
      ["Upgrade", "x"],
      ["TE", "x"],
      ["Trailer", "x"],
      ["Proxy-Authenticate", "x"],
    ].map((header) => ({ headers: [header], items: ["x"] })),
  ),
  "resp-16": {
    behaviours: [
      { headers: [["Content-Length", "5"]], items: ["hello world"] },
      { headers: [["Content-Length", "5"]], items: ["hello", " world"], lazily: true },
    ],
    safe: (played) => bodies(played, "hello"),
  },
  "resp-18": refused(
    { headers: [["Content-Length", "abc"]], items: ["x"] },
    { headers: [["Content-Length", "-1"]], items: ["x"] },
    {
      headers: [
        ["Content-Length", "5"],
        ["Content-Length", "6"],
      ],
      items: ["hello"],
    },
  ),
  "resp-20": {
    behaviours: [{ items: ["a", "b"], lazily: true }],
    safe: (played) => bodies(played, "ab"),
  },
  "resp-22": {
    behaviours: [{ headers: [["Content-Length", "5"]], items: ["hello"] }],
    safe: (played) => {
      bodies(played, "");
      assert.equal(fieldOf(played, "content-length"), "5");
      assert.equal(played.last?.body.toString(), "hello", "the connection is not usable");
    },
  },
  "resp-24": {
    behaviours: [
      { status: "204 No Content", headers: [["Content-Length", "1"]], items: ["x"] },
      { status: "204 No Content", items: ["x"], lazily: true },
    ],
    safe: (played) => {
      assert.equal(played.answers[0]?.status, 204);
      assert.equal(played.last?.status, 204, "bytes followed the head");
    },
  },
  "resp-26": {
    behaviours: [{ status: "205 Reset Content", items: ["x"] }],
    safe: (played) => {
      assert.equal(played.answers[0]?.status, 205);
      bodies(played, "");
    },
  },
  "resp-28": refused({ special: "never starts" }),
  "resp-30": refused({ special: "starts twice" }),
  "resp-32": {
    behaviours: [{ special: "starts again when its head is out" }],
    safe: ({ answers, last, log }) => {
      const [answer] = answers;
      assert.deepEqual([answer?.status, answer?.isWhole, last], [200, false, undefined]);
      assert.ok(answer?.body.equals(Buffer.alloc(70_000, "x")));
      assert.match(log, /the head is out/);
    },
  },
  "resp-34": refused({ special: "fails at once" }),
  "resp-36": refused({ special: "returns nothing" }, { special: "returns a number" }),
  "resp-38": {
    behaviours: [{ items: ["a", "", "b"], lazily: true }],
    safe: (played) => bodies(played, "ab"),
  },
  "resp-40": {
    behaviours: [{ headers: [["Content-Length", "3"]], written: ["abc", "def"] }],
    safe: (played) => bodies(played, "abc"),
  },
  "resp-42": {
    behaviours: [
      {
        headers: [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ],
        items: ["x"],
      },
    ],
    safe: ({ answers }) =>
      assert.deepEqual(fieldValues(answers[0]?.fields ?? [], "set-cookie"), ["a=1", "b=2"]),
  },
  "resp-44": {
    behaviours: [
      { headers: Array.from({ length: 500 }, (_, at) => ["X", `${at}`]), items: ["x"] },
      { headers: [["X", "v".repeat(200_000)]], items: ["x"] },
    ],
    safe: ({ answers }) => {
      if (answers[0]?.status === 500) return;
      const values = fieldValues(answers[0]?.fields ?? [], "x");
      assert.ok(values.length === 500 || values[0]?.length === 200_000);
    },
  },
  "resp-46": {
    behaviours: [{ special: "sends a file from its middle" }],
    safe: (played) => bodies(played, "56789"),
  },
  "resp-48": {
    behaviours: [{ special: "reads past the end" }],
    safe: (played) => bodies(played, '["hello","","",""]', '["","","",""]'),
  },
  "resp-50": {
    behaviours: [{ special: "keeps its environ" }],
    safe: ({ last, seen }) => {
      assert.equal(last?.body.toString(), "/last ");
      for (const { environ, isFresh } of seen) {
        assert.ok(isFresh && environ.HTTP_KEPT === undefined, "it is an earlier request's");
      }
    },
  },
};

/** Each of these makes a 500 that tells nothing, and the connection goes on. */
function refused(...behaviours: readonly Behaviour[]): Demand {
  const safe = ({ answers, last, log }: Played): void => {
    assert.equal(answers[0]?.status, 500);
    assert.equal(answers[0].body.toString(), "500 Internal Server Error\n");
    assert.equal(fieldValue(answers[0].fields, "y"), undefined);
    assert.equal(last?.status, 500, "the connection does not go on");
    assert.match(log, /Error handling request/);
  };
  return { behaviours, safe };
}

function timedOut({ answers }: Played): void {
  assert.deepEqual(
    answers.map(({ status }) => status),
    [408],
  );
}

/** Whole answers with these bodies, and no others. */
function bodies({ answers }: Played, ...expected: readonly string[]): void {
  assert.deepEqual(
    answers.map(({ body, isWhole }) => [body.toString("latin1"), isWhole]),
    expected.map((body) => [body, true]),
  );
}

/** Of each request that reached the application; none need have. */
function environHas({ seen }: Played, expected: Readonly<Record<string, string>>): void {
  for (const { environ } of seen) {
    for (const [name, value] of Object.entries(expected)) assert.equal(environ[name], value, name);
  }
}

function environLacks({ seen }: Played, name: string): void {
  for (const { environ } of seen) assert.equal(environ[name], undefined, name);
}

function fieldOf({ answers }: Played, name: string): string | undefined {
  return fieldValue(answers[0]?.fields ?? [], name);
}
