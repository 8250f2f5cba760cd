import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import { type CheckedFields, FieldSection } from "../../src/http/field-section.ts";

function checked(lines: readonly string[], version: "HTTP/1.0" | "HTTP/1.1"): CheckedFields {
  const section = new FieldSection();
  for (const line of lines) section.add(`…${line}\r\n: `, 1, line.length + 1);
  return section.checked(version);
}

test("fields keep their order, their repetitions and their values without white space around", () => {
  const { names, values } = checked(["X-A: 1", "Host:a", "x-a:\t2 \t", "X-B:"], "HTTP/1.1");
  assert.deepEqual(
    names.map((name) => name.lower),
    ["x-a", "host", "x-a", "x-b"],
  );
  assert.deepEqual(values, ["1", "a", "2", ""]);
});

test("fields that proxies set are noticed", () => {
  assert.equal(
    checked(["Host: a", "X-Forwarded: 1", "X_Forwarded_For: ::1"], "HTTP/1.1").isForwarded,
    false,
  );
  for (const line of ["Forwarded: for=a", "x-forwarded-anything:"]) {
    assert.equal(checked(["Host: a", line], "HTTP/1.1").isForwarded, true);
  }
});

test("fields that tell one meta-variable are noticed in any spelling, and no others", () => {
  const repeats = (...lines: string[]) => checked(["Host: a", ...lines], "HTTP/1.1").repeatsFields;
  for (const other of ["X-A", "x-a", "X_A"]) assert.equal(repeats("X-A: 1", `${other}: 1`), true);
  // More names than there are marks.
  const names = Array.from({ length: 40 }, (_, number) => `X-${number}: 1`);
  assert.equal(repeats(...names), false);
  assert.equal(repeats(...names, "X-17: 1"), true);
});

test("a line that borrows its colon from the next one is no field", () => {
  assert.throws(() => checked(["Host"], "HTTP/1.1"), RemoteProtocolError);
});

test("a connection lasts as its options and its version say", () => {
  const lasts = (version: "HTTP/1.0" | "HTTP/1.1", ...options: string[]) =>
    checked(["Host: a", ...options.map((option) => `Connection: ${option}`)], version).keepAlive;
  assert.equal(lasts("HTTP/1.1"), true);
  assert.equal(lasts("HTTP/1.0"), false);
  assert.equal(lasts("HTTP/1.1", "x, Close"), false);
  assert.equal(lasts("HTTP/1.1", "x", "close"), false);
  assert.equal(lasts("HTTP/1.1", "disclose"), true);
  assert.equal(lasts("HTTP/1.0", "Keep-Alive"), true);
  assert.equal(lasts("HTTP/1.0", "keep-alive, close"), false);
});

test("100-continue is expected in HTTP/1.1 alone, other things are refused", () => {
  const expects = (version: "HTTP/1.0" | "HTTP/1.1", value: string) =>
    checked(["Host: a", `Expect: ${value}`], version).expectsContinue;
  assert.equal(expects("HTTP/1.1", "100-Continue"), true);
  assert.equal(expects("HTTP/1.1", ""), false);
  assert.equal(expects("HTTP/1.0", "100-continue"), false);
  assert.throws(
    () => expects("HTTP/1.1", "100-continue, tea"),
    (error) => {
      return error instanceof RemoteProtocolError && error.statusHint === 417;
    },
  );
});

test("fields that may stand only once do", () => {
  for (const name of ["Host", "Content-Length", "Content-Type", "Authorization", "User-Agent"]) {
    const lines = [`${name}: 1`, `${name.toLowerCase()}: 1`];
    assert.throws(() => checked(lines, "HTTP/1.1"), RemoteProtocolError, name);
  }
});

test("another protocol is asked for by two fields, in HTTP/1.1, where nothing of HTTP is to come", () => {
  const asked = (version: "HTTP/1.0" | "HTTP/1.1", ...lines: string[]): string | undefined =>
    checked(["Host: a", ...lines], version).upgrade;
  assert.equal(asked("HTTP/1.1", "Upgrade: a/1", "Connection: x, Upgrade", "upgrade: b"), "a/1,b");
  assert.equal(asked("HTTP/1.1", "Upgrade: a"), undefined);
  assert.equal(asked("HTTP/1.1", "Connection: upgrade"), undefined);
  assert.equal(asked("HTTP/1.0", "Upgrade: a", "Connection: upgrade"), undefined);
  for (const line of ["Connection: close", "Content-Length: 1", "Transfer-Encoding: chunked"]) {
    assert.equal(asked("HTTP/1.1", "Upgrade: a", "Connection: upgrade", line), undefined, line);
  }
});
