import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { RawConnection } from "../support/raw-client.ts";
import { chunked } from "../support/request-body.ts";
import { until } from "../support/until.ts";
import { Lab } from "./lab.ts";

// Whatever these tests spool goes to a directory of its own.
const directory = mkdtempSync(join(tmpdir(), "portico-bodies-test-"));
process.env.TMPDIR = directory;
after(() => rmSync(directory, { recursive: true, force: true }));

const SMALL = Buffer.alloc(100_000, "small ");
const LARGE = Buffer.alloc(3_000_000, "large ");

/** What /digest answers to that body. */
function digestOf(body: Buffer): string {
  return `${body.length} ${createHash("sha256").update(body).digest("hex")}`;
}

/** Bodies on the disk. */
function spooled(): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      name.includes("portico-spool-") &&
      statSync(join(directory, name), { throwIfNoEntry: false })?.isFile() === true,
  );
}

describe("a request's body", () => {
  afterEach(() => until("no body is left on the disk", () => spooled().length === 0));

  test("arrives whole, whether it fits into memory or not", async () => {
    await using lab = await Lab.start();
    for (const body of [Buffer.alloc(0), Buffer.of(0), SMALL, LARGE]) {
      assert.equal((await lab.post("/digest/x", body)).text, digestOf(body));
    }
  });

  test("arrives whole when it comes in chunks", async () => {
    await using lab = await Lab.start();
    for (const body of [SMALL, LARGE]) {
      const connection = await RawConnection.open(lab.port);
      const { fields, bytes } = chunked(body, 10_007);
      const request = { method: "POST", target: "/digest/x", body: bytes };
      const answer = await connection.exchange({
        ...request,
        fields: [["Host", "lab"], ...fields],
      });
      connection.close();
      assert.equal(answer.body.toString(), digestOf(body));
    }
  });

  test("is the application's alone from the moment it begins, and leaves no file", async () => {
    await using lab = await Lab.start();
    const waiting = lab.post("/wait_then_digest/x", LARGE);
    const arrival = await lab.gate.arrival("x");
    assert.deepEqual(spooled(), []);
    arrival.pass();
    assert.equal((await waiting).text, digestOf(LARGE));
  });

  test("is gone with the worker that had begun it", async () => {
    await using lab = await Lab.start();
    const waiting = lab.post("/wait_then_digest/x", LARGE);
    process.kill((await lab.gate.arrival("x")).pid, "SIGKILL");
    assert.equal((await waiting).status, 502);
    assert.deepEqual(lab.ran, ["x"]);
  });

  test("goes to another worker whole when the first dies without having begun it", async () => {
    await using lab = await Lab.start();
    const first = lab.get("/wait/first");
    const { pid } = await lab.gate.arrival("first");
    const waiting = [lab.post("/digest/large", LARGE), lab.post("/digest/small", SMALL)];
    await until("both are queued", () => lab.engine.stats().queued === 2);
    process.kill(pid, "SIGKILL");
    assert.equal((await first).status, 502);
    const texts = (await Promise.all(waiting)).map((answer) => answer.text);
    assert.deepEqual(texts, [digestOf(LARGE), digestOf(SMALL)]);
  });

  test("leaves no file when the queue is full", async () => {
    await using lab = await Lab.start({ maxQueued: 0 });
    const first = lab.get("/wait/first");
    const arrival = await lab.gate.arrival("first");
    assert.equal((await lab.post("/digest/x", LARGE)).status, 503);
    await until("no body is left", () => spooled().length === 0);
    arrival.pass();
    assert.equal((await first).status, 200);
  });

  test("leaves no file when it has waited too long for a worker", async () => {
    await using lab = await Lab.start({ timeout: 0.5 });
    const first = lab.get("/drip/8");
    await until("it has begun", () => lab.ran.includes("8"));
    assert.equal((await lab.post("/digest/x", LARGE)).status, 503);
    assert.equal((await first).status, 200);
  });

  test("leaves no file when its client leaves in the midst of it", async () => {
    await using lab = await Lab.start();
    const socket = connect(lab.port, "127.0.0.1");
    const head = `POST /digest/x HTTP/1.1\r\nHost: lab\r\nContent-Length: ${LARGE.length}\r\n\r\n`;
    socket.write(head);
    socket.write(LARGE.subarray(0, 600_000));
    await until("some of it is on the disk", () => spooled().length === 1);
    socket.resetAndDestroy();
    await until("it is gone", () => spooled().length === 0);
    assert.equal((await lab.get("/answer/after")).status, 200);
    assert.deepEqual(lab.ran, ["after"]);
  });

  test("leaves no file when the environ cannot cross", async () => {
    await using lab = await Lab.start({
      middleware: (application) => (environ, startResponse) =>
        application({ ...environ, "test.price": "10 €" }, startResponse),
    });
    assert.equal((await lab.post("/digest/x", LARGE)).status, 500);
    await lab.log.line(/environ\["test.price"\] holds more than latin-1: "10 €"/);
  });

  test("may be left unread by the application", async () => {
    await using lab = await Lab.start();
    for (const body of [SMALL, LARGE]) {
      assert.equal((await lab.post("/answer/unread", body)).text, "unread");
    }
  });
});
