/** The rows of strictness, sizes and bad clients: each finds the server that breaks its rule. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import type { Row } from "../../src/probe/row.ts";
import { BAD_CLIENT_ROWS } from "../../src/probe/rows/bad-client-rows.ts";
import { FRAMING_ROWS } from "../../src/probe/rows/framing-rows.ts";
import { HEADER_FIELD_ROWS } from "../../src/probe/rows/header-field-rows.ts";
import { HIDDEN_REQUEST_ROWS } from "../../src/probe/rows/hidden-request-rows.ts";
import { REQUEST_LINE_ROWS } from "../../src/probe/rows/request-line-rows.ts";
import { SIZE_LIMIT_ROWS } from "../../src/probe/rows/size-limit-rows.ts";
import { BadServer } from "./bad-server.ts";

const ALL = [
  ...[REQUEST_LINE_ROWS, HEADER_FIELD_ROWS, FRAMING_ROWS],
  ...[HIDDEN_REQUEST_ROWS, SIZE_LIMIT_ROWS, BAD_CLIENT_ROWS],
].flat();

/** Rows that servers like these keep have their own wrong answer below. */
const DEMANDS_SERVICE = ["absolute-form", "options-asterisk", "empty-line-first"];
const VERSIONS = ["version-2-0", "version-1-2"];

const TOLD = JSON.stringify({
  strings: { REQUEST_METHOD: "GET", HTTP_HOST: "probe.example", HTTP_X_A: "one\r\n two" },
});

function response(status: string, body = ""): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function failedRows(rows: readonly Row[], does: (socket: Socket) => void): Promise<string[]> {
  await using server = await BadServer.start(does);
  const judged = await Promise.all(
    rows.map(async (row) => ({ row, judgement: await row.judge(server.probed) })),
  );
  return judged
    .filter(({ judgement }) => judgement.verdict === "fail")
    .map(({ row }) => row.name)
    .sort();
}

function names(rows: readonly Row[], except: readonly string[] = []): string[] {
  return rows
    .map(({ name }) => name)
    .filter((name) => !except.includes(name))
    .sort();
}

describe("the rows of strictness", () => {
  test("find a server that takes everything and stays", async () => {
    const rows = [...REQUEST_LINE_ROWS, ...HEADER_FIELD_ROWS, ...FRAMING_ROWS];
    const failed = await failedRows(rows, (socket) => socket.write(response("200 OK", TOLD)));
    assert.deepEqual(failed, names(rows, [...DEMANDS_SERVICE, ...VERSIONS]));
  });

  test("find a server that refuses what it must serve", async () => {
    const failed = await failedRows(ALL.slice(0, -BAD_CLIENT_ROWS.length), (socket) =>
      socket.end(response("400 Bad Request")),
    );
    assert.deepEqual(failed, names(ALL.filter(({ name }) => DEMANDS_SERVICE.includes(name))));
  });

  test("find a server that answers in versions that it does not speak", async () => {
    const failed = await failedRows(
      ALL.filter(({ name }) => VERSIONS.includes(name)),
      (socket) => socket.end("HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n"),
    );
    assert.deepEqual(failed, [...VERSIONS].sort());
  });

  test("find a server that answers in the manner of HTTP/0.9", async () => {
    const rows = REQUEST_LINE_ROWS.filter(({ name }) => name !== "tls-hello");
    assert.deepEqual(await failedRows(rows, (socket) => socket.end("hello")), names(rows));
  });

  test("find a server that answers hidden requests", async () => {
    const twice = response("200 OK", "hello") + response("200 OK", "hello");
    assert.deepEqual(
      await failedRows(HIDDEN_REQUEST_ROWS, (socket) => socket.end(twice)),
      names(HIDDEN_REQUEST_ROWS),
    );
  });

  test("find a hidden answer in a body that ends with the connection", async () => {
    const twice = `HTTP/1.0 200 OK\r\n\r\nhello${response("200 OK", "hello")}`;
    assert.deepEqual(
      await failedRows(HIDDEN_REQUEST_ROWS, (socket) => socket.end(twice)),
      names(HIDDEN_REQUEST_ROWS),
    );
  });

  test("let a server be that says nothing to a hidden request", async () => {
    assert.deepEqual(await failedRows(HIDDEN_REQUEST_ROWS, () => {}), []);
  });
});

describe("the rows of size limits", () => {
  test("find a server that closes without an answer", async () => {
    const failed = await failedRows(SIZE_LIMIT_ROWS, (socket) => socket.end());
    assert.deepEqual(failed, names(SIZE_LIMIT_ROWS));
  });

  test("find a server that resets the connection", async () => {
    const failed = await failedRows(SIZE_LIMIT_ROWS, (socket) => socket.resetAndDestroy());
    assert.deepEqual(failed, names(SIZE_LIMIT_ROWS));
  });

  test("find a server that is silent", async () => {
    assert.deepEqual(await failedRows(SIZE_LIMIT_ROWS, () => {}), names(SIZE_LIMIT_ROWS));
  });

  test("find a server that breaks", async () => {
    const failed = await failedRows(SIZE_LIMIT_ROWS, (socket) =>
      socket.end(response("500 Internal Server Error")),
    );
    assert.deepEqual(failed, names(SIZE_LIMIT_ROWS));
  });
});

describe("the rows of bad clients", () => {
  test("find a server that serves nobody beside them", async () => {
    assert.deepEqual(await failedRows(BAD_CLIENT_ROWS, () => {}), names(BAD_CLIENT_ROWS));
  });
});
