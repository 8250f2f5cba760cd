import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessRecord } from "../../src/log/access-record.ts";
import { JSON_ACCESS_FORMAT } from "../../src/log/json-access.ts";
import { ACCESS_RECORD } from "./access-record.ts";

function parsed(
  changes: Partial<AccessRecord> = {},
  environ: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const line = JSON_ACCESS_FORMAT({
    ...ACCESS_RECORD,
    remoteAddress: "192.0.2.1",
    durationMicroseconds: 448_000,
    environ: (name) => environ[name],
    ...changes,
  });
  assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
  return JSON.parse(line);
}

const PLAIN = {
  timestamp: "2026-11-21T05:31:58.448Z",
  level: "info",
  logger: "portico.access",
  pid: 8122,
  message: "GET /a%20b 200",
  "http.request.method": "GET",
  "url.path": "/a%20b",
  "url.query": "x=1",
  "network.protocol.version": "1.1",
  "http.response.status_code": 200,
  "http.response.body.size": 5,
  "http.server.request.duration": 0.448,
  "client.address": "192.0.2.1",
};

test("a line has OpenTelemetry's names, and no name without a value", () => {
  assert.deepEqual(parsed(), PLAIN);
  const { "url.query": _, "client.address": __, ...bare } = PLAIN;
  assert.deepEqual(parsed({ remoteAddress: "", target: "/a%20b", query: "" }), bare);
});

test("what the environ and the client's fields say stands beside it", () => {
  const fields: Readonly<Record<string, string>> = {
    "user-agent": 'caf\xc3\xa9 "\n',
    referer: "http://r/\xff",
    authorization: "Basic dXM6cGFzcw==",
  };
  const environ = {
    "portico.queue_time": 0.012,
    "wsgi.url_scheme": "https",
  };
  const about = {
    requestId: "a-1",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
  };
  assert.deepEqual(parsed({ requestHeader: (name) => fields[name], about }, environ), {
    ...PLAIN,
    request_id: "a-1",
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    span_id: "00f067aa0ba902b7",
    trace_flags: "00",
    "portico.queue_time": 0.012,
    "url.scheme": "https",
    "user.name": "us",
    "user_agent.original": 'café "\n',
    "http.request.header.referer": ["http://r/ÿ"],
  });
});
