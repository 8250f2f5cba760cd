/** The ids of requests: whose is taken, who is told, and what the logs say of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientConnection } from "../../../src/client/client-connection.ts";
import type { FieldList } from "../../../src/client/field-list.ts";
import { accessLog } from "../../../src/embed/access-log.ts";
import type { MakeServerOptions } from "../../../src/embed/make-server.ts";
import type { Application } from "../../../src/index.ts";
import { JSON_ACCESS_FORMAT } from "../../../src/log/json-access.ts";
import { JSON_ENTRIES } from "../../../src/log/json-entries.ts";
import { createLogger } from "../../../src/log/logger.ts";
import {
  KeptLog,
  type ServedApplication,
  serveApplication,
} from "../../support/serve-application.ts";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Answers with the ids that it is told, after it has said something. */
const tells: Application = (environ, startResponse) => {
  environ["wsgi.errors"].write("first\nsecond");
  if (environ.PATH_INFO === "/fails") throw new Error("failed");
  const own = environ.PATH_INFO === "/own" ? [["x-request-ID", "mine"] as [string, string]] : [];
  startResponse("200 OK", own);
  const { HTTP_X_REQUEST_ID: field = "none", "portico.request_id": id = "none" } = environ;
  return [Buffer.from(`${field} ${id}`)];
};

function served(options: MakeServerOptions = {}): Promise<ServedApplication> {
  return serveApplication(tells, { requestIds: true, ...options });
}

async function toldBy(server: ServedApplication, fields: FieldList): Promise<string> {
  const { body, status, ...answer } = await server.ask("GET", "/", { fields });
  assert.equal(status, 200);
  const sent = answer.fields.filter(([name]) => name.toLowerCase() === "x-request-id");
  const [field, id] = body.toString().split(" ");
  assert.equal(field, id);
  assert.deepEqual(sent, [["X-Request-ID", id]]);
  return id ?? "";
}

test("a request gets an id of its own, in the environ and in the answer", async () => {
  await using server = await served();
  const ids = [await toldBy(server, []), await toldBy(server, [])];
  for (const id of ids) assert.match(id, UUID);
  assert.notEqual(ids[0], ids[1]);
});

test("a trusted proxy's id is taken", async () => {
  await using server = await served();
  const id = "Root=1-67891233-abcdef";
  assert.equal(await toldBy(server, [["x-request-id", id]]), id);
  assert.equal(await toldBy(server, [["X-Request-ID", "a".repeat(128)]]), "a".repeat(128));
});

test("an id that is not fit to stand in a line, or stands twice, is replaced", async () => {
  await using server = await served();
  const unfit = ["", "a".repeat(129), "a b", 'a"b', "a\\b", "a]b", "a\tb", "\xe9"];
  for (const id of unfit) assert.match(await toldBy(server, [["X-Request-ID", id]]), UUID, id);
  const twice: FieldList = [
    ["X-Request-ID", "a"],
    ["x-request-id", "a"],
  ];
  assert.match(await toldBy(server, twice), UUID);
});

test("an id of somebody else is replaced", async () => {
  await using server = await served({ proxies: { forwardedAllowIps: "192.0.2.1" } });
  assert.match(await toldBy(server, [["X-Request-ID", "mine"]]), UUID);
});

test("another spelling of the field never stands in for it", async () => {
  await using server = await served({ headerMap: "dangerous" });
  assert.match(await toldBy(server, [["X_Request_ID", "mine"]]), UUID);
});

test("an application may answer with an id of its own", async () => {
  await using server = await served();
  const { fields } = await server.ask("GET", "/own");
  const sent = fields.filter(([name]) => name.toLowerCase() === "x-request-id");
  assert.deepEqual(sent, [["x-request-ID", "mine"]]);
});

test("an answer that the server makes itself names the request it answers, and no other", async () => {
  await using server = await served();
  using client = await ClientConnection.open(server.port);
  client.send("GET /fails HTTP/1.1\r\nHost: a\r\nX-Request-ID: one\r\n\r\nGET / HTTP/9.9\r\n\r\n");
  const answers = [await client.answer(), await client.answer()];
  assert.deepEqual(
    answers.map(({ status, fields }) => [
      status,
      fields.find(([name]) => name === "X-Request-ID")?.[1],
    ]),
    [
      [500, "one"],
      [505, undefined],
    ],
  );
});

test("without ids the field is the client's, and nothing is added", async () => {
  await using server = await served({ requestIds: false });
  const { body, fields } = await server.ask("GET", "/", { fields: [["X-Request-ID", "mine"]] });
  assert.equal(body.toString(), "mine none");
  assert.ok(!fields.some(([name]) => name.toLowerCase() === "x-request-id"));
});

test("what is logged of a request, and what its application says, has its id and its trace", async () => {
  const kept = new KeptLog();
  const log = createLogger({ destination: kept, format: JSON_ENTRIES });
  const onExchange = accessLog((record) => kept.write(`${JSON_ACCESS_FORMAT(record)}\n`));
  await using server = await served({ log, onExchange });
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const fields: FieldList = [
    ["X-Request-ID", "one"],
    ["traceparent", `00-${trace}-00f067aa0ba902b7-01`],
  ];
  await server.ask("GET", "/fails?x", { fields });
  const entries = kept.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const entry of entries) {
    assert.equal(entry.request_id, "one");
    assert.equal(entry.trace_id, trace);
    assert.equal(entry["http.request.method"], "GET");
    assert.equal(entry["url.path"], "/fails");
  }
  assert.deepEqual(
    entries.map(({ logger, level, message }) => [logger, level, message.split("\n    at")[0]]),
    [
      ["wsgi.errors", "error", "first"],
      ["portico.error", "error", "Error handling request GET /fails?x\nError: failed"],
      ["wsgi.errors", "error", "second"],
      ["portico.access", "info", "GET /fails 500"],
    ],
  );
});

test("the entry of a request that took too long has its id", async () => {
  const kept = new KeptLog();
  const log = createLogger({ destination: kept, format: JSON_ENTRIES });
  const never: Application = () => new Promise(() => {});
  const timeouts = { application: 100 };
  await using server = await serveApplication(never, { requestIds: true, log, timeouts });
  const fields: FieldList = [["X-Request-ID", "one"]];
  assert.equal((await server.ask("GET", "/late", { fields })).status, 504);
  const entry = JSON.parse(kept.text);
  assert.match(entry.message, /^GET \/late: its application took longer/);
  assert.equal(entry.request_id, "one");
  assert.equal(entry["url.path"], "/late");
});
