/** A page of another site must not read what is served on this machine by making its own name lead here. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLoopback, ownHosts } from "../../src/cli/own-hosts.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application } from "../../src/wsgi/types.ts";

const files: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("a file")];
};

async function statusFor(host: string, bound = "127.0.0.1"): Promise<number> {
  const client = createClient(ownHosts(bound)(files));
  const { status } = await client.get("/", { headers: { Host: host } });
  return status;
}

describe("a server of this machine alone", () => {
  for (const host of [
    ...["127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "192.0.2.1", "localhost", "LOCALHOST:80"],
    ...["app.localhost:8000", "localhost.", "box", "box:8000"],
  ]) {
    test(`answers to ${host}`, async () => {
      assert.equal(await statusFor(host), 200);
    });
  }

  for (const host of [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
  ]) {
    test(`does not answer to ${host}`, async () => {
      assert.equal(await statusFor(host), 421);
    });
  }

  test("answers to the name that was bound", async () => {
    assert.equal(await statusFor("Box.test:8000", "box.test"), 200);
  });
});

for (const [host, is] of [
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.0.2.1", false],
] as const) {
  test(`${host} is ${is ? "" : "not "}this machine alone`, () => {
    assert.equal(isLoopback(host), is);
  });
}
