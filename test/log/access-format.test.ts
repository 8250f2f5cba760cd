import assert from "node:assert/strict";
import { test } from "node:test";
import { compileAccessFormat, DEFAULT_ACCESS_FORMAT } from "../../src/log/access-format.ts";
import type { AccessRecord } from "../../src/log/access-record.ts";
import { AccessFormatError } from "../../src/log/errors.ts";
import { ACCESS_RECORD } from "./access-record.ts";

process.env.TZ = "UTC";

interface Fields {
  readonly request?: Readonly<Record<string, string>>;
  readonly response?: Readonly<Record<string, string>>;
  readonly environ?: Readonly<Record<string, unknown>>;
}

function record(changes: Partial<AccessRecord> = {}, fields: Fields = {}): AccessRecord {
  return {
    ...ACCESS_RECORD,
    requestHeader: (name) => fields.request?.[name],
    responseHeader: (name) => fields.response?.[name],
    environ: (name) => fields.environ?.[name],
    ...changes,
  };
}

function line(format: string, changes: Partial<AccessRecord> = {}, fields: Fields = {}): string {
  return compileAccessFormat(format)(record(changes, fields));
}

test("the default line is the one gunicorn 27.0.1 writes", () => {
  const headers = {
    "user-agent": "curl/8",
    referer: "http://r/",
    authorization: "Basic dXM6cGFzcw==",
  };
  assert.equal(
    line(DEFAULT_ACCESS_FORMAT, { target: "/caf%C3%A9%0Ax?a=%22b" }, { request: headers }),
    '127.0.0.1 - us [21/Nov/2026:05:31:58 +0000] "GET /caf%C3%A9%0Ax?a=%22b HTTP/1.1" 200 5 "http://r/" "curl/8"',
  );
  assert.equal(
    line(DEFAULT_ACCESS_FORMAT),
    '127.0.0.1 - - [21/Nov/2026:05:31:58 +0000] "GET /a%20b?x=1 HTTP/1.1" 200 5 "-" "-"',
  );
});

test("the time in the queue is in seconds, 0 where the request did not wait", () => {
  const waited = { environ: { "portico.queue_time": 1.25 } };
  assert.equal(line("%(Q)s %({portico.queue_time}e)s", {}, waited), "1.250000 1.25");
  assert.equal(line("%(Q)s"), "0.000000");
});

test("every atom has gunicorn's value", () => {
  assert.equal(
    line("h=%(h)s l=%(l)s m=%(m)s U=%(U)s q=%(q)s H=%(H)s s=%(s)s B=%(B)s b=%(b)s p=%(p)s"),
    "h=127.0.0.1 l=- m=GET U=/a b q=x=1 H=HTTP/1.1 s=200 B=5 b=5 p=<8122>",
  );
});

test("an empty body is 0 bytes, not a dash", () => {
  assert.equal(line("%(b)s %(B)s", { status: 204, bytesSent: 0 }), "0 0");
});

test("durations are whole seconds, milliseconds, microseconds and seconds with six places", () => {
  const long = { durationMicroseconds: 2_034_056.7 };
  assert.equal(line("%(T)s %(M)s %(D)s %(L)s", long), "2 2034 2034056 2.034056");
  assert.equal(line("%(T)s %(M)s %(D)s %(L)s"), "0 0 448 0.000448");
});

test("the time is that of logging", () => {
  assert.equal(line("%(t)s", { durationMicroseconds: 3_000_000 }), "[21/Nov/2026:05:32:01 +0000]");
});

test("headers and environ entries are found in any case", () => {
  const fields = {
    request: { "x-in": "two" },
    response: { "x-thing": "out" },
    environ: { REMOTE_PORT: "48930", "wsgi.multithread": false, "portico.n": 3, "wsgi.input": {} },
  };
  assert.equal(line("%({X-In}i)s %({x-IN}I)s %({X-Thing}o)s", {}, fields), "two two out");
  assert.equal(line("%({REMOTE_PORT}e)s %({remote_port}e)s", {}, fields), "48930 48930");
  assert.equal(line("%({WSGI.multithread}e)s %({portico.n}e)s", {}, fields), "False 3");
  assert.equal(line("%({wsgi.input}e)s", {}, fields), "-");
});

test("what is missing or unknown is a dash", () => {
  assert.equal(
    line("%({x-in}i)s %({x}o)s %({NOPE}e)s %(zz)s %({q}z)s %(f)s %(a)s"),
    "- - - - - - -",
  );
});

test("a client on a Unix socket has a dash for its address", () => {
  assert.equal(line("%(h)s", { remoteAddress: "" }), "-");
});

test("no value can end its quotes or its line", () => {
  const request = { "user-agent": 'q"u\\o\tte\x9b\r\n127.0.0.1 - -' };
  assert.equal(line('"%(a)s"', {}, { request }), '"q\\"u\\\\o\\tte\\u009b\\r\\n127.0.0.1 - -"');
  assert.equal(line("%(U)s", { path: "/a\nb" }), "/a\\nb");
  assert.equal(line("%(r)s", { target: '/"' }), 'GET /\\" HTTP/1.1');
  assert.equal(line("%({x}o)s", {}, { response: { x: 'a"b' } }), 'a\\"b');
});

test("a format that is shaped as JSON gives JSON, whatever clients send", () => {
  const format =
    '{"r":"%(r)s","path":"%(U).9s","agent":"%(a)s","from":"%(f)-12.7s","in":"%({x}i)s","status":%(s)s}';
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const hostile = ['"}', '\\"}', "\\", "\\u00", '\n{"status":200}', "\u2028", "\ud800", "\\\\u"];
  for (const text of [...bytes, ...hostile].flatMap((one) => [
    one,
    `123456${one}`,
    one.repeat(9),
  ])) {
    const request = { "user-agent": text, referer: text, x: text };
    const written = line(format, { path: text, target: text }, { request });
    assert.doesNotMatch(written, /[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
    const { path, agent, from, ...others } = JSON.parse(written);
    assert.deepEqual(others, { r: `GET ${text} HTTP/1.1`, in: text, status: 200 });
    assert.equal(agent, text);
    assert.ok(text.startsWith(path) && text.startsWith(from.trimEnd()), written);
  }
});

test("the user is that of Basic credentials, as UTF-8", () => {
  const users = [
    ["Basic dXM6cGFzcw==", "us"],
    ["basic dXNlcg==", "user"],
    ["Basic w7xzZXI6cHc=", "üser"],
    ["Basic dTo=", "u"],
    ["Basic YSAiYgpjOnB3", 'a \\"b\\nc'],
    ["Basic OnB3", "-"],
    ["Basic /////w==", "-"],
    ["Basic", "-"],
    ["Bearer zzz", "-"],
  ] as const;
  for (const [authorization, user] of users) {
    assert.equal(line("%(u)s", {}, { request: { authorization } }), user, authorization);
  }
});

test("Python's widths and precisions hold", () => {
  assert.equal(line("[%(h)-12s] [%(s)5s] [%(D)d]"), "[127.0.0.1   ] [  200] [448]");
  assert.equal(line("[%(M)07d] [%(m).2s] [%(D)5i]"), "[0000000] [GE] [  448]");
});

test("a doubled percent sign is one", () => {
  assert.equal(line("100%% %(m)s%%"), "100% GET%");
});

test("an Apache directive is refused with gunicorn's spelling of it", () => {
  assert.throws(
    () => compileAccessFormat("%(h)s %>s %b"),
    new AccessFormatError('"%>s %b" is not a log value; write %(s)s'),
  );
  assert.throws(
    () => compileAccessFormat("100%"),
    new AccessFormatError('"%" is not a log value; write %(name)s, or %% for a percent sign'),
  );
  assert.throws(
    () => compileAccessFormat("%(D)x"),
    new AccessFormatError('"%(D)x" has a conversion other than s and d; write %(D)s'),
  );
});
