import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { afterEach, describe, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { RawConnection } from "../support/raw-client.ts";
import { chunked } from "../support/request-body.ts";
import { ownTemporaryDirectory, spooledIn } from "../support/spools.ts";
import { until } from "../support/until.ts";
import { Lab } from "./lab.ts";

const directory = ownTemporaryDirectory();

const SMALL = Buffer.alloc(100_000, "small ");
const LARGE = Buffer.alloc(3_000_000, "large ");

/** What /digest answers to that body. */
function digestOf(body: Buffer): string {
  return `${body.length} ${createHash("sha256").update(body).digest("hex")}`;
}

/** Bodies on the disk. */
const spooled = (): readonly string[] => spooledIn(directory);

describe("a request's body", () => {
  afterEach(async () => {
    await until("no body is left on the disk", () => spooled().length === 0);
    await until("nothing counts any more", () => buffers.memory.used + buffers.disk.used === 0);
    setBufferLimits(DEFAULT_BUFFER_LIMITS);
  });

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
    await using lab = await Lab.start({ queueTimeout: 0.5 });
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
    socket.write(LARGE.subarray(0, 1_600_000));
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

  test("is answered 503 when the disk has no room for it, and the next one is not", async () => {
    setBufferLimits({ disk: 1_000_000 });
    await using lab = await Lab.start();
    const answer = await lab.post("/digest/x", LARGE);
    assert.equal(answer.status, 503);
    assert.ok(answer.fields.some(([name]) => name === "Retry-After"));
    await lab.log.line(/POST \/digest\/x: no room .* on the disk .*--limit-buffer-disk/);
    assert.equal((await lab.post("/digest/x", SMALL)).text, digestOf(SMALL));
    assert.deepEqual(lab.ran, ["x"]);
  });

  test("counts as long as its call lasts, and not longer", async () => {
    await using lab = await Lab.start();
    const waiting = lab.post("/wait_then_digest/x", LARGE);
    const arrival = await lab.gate.arrival("x");
    assert.equal(buffers.disk.used, LARGE.length);
    arrival.pass();
    assert.equal((await waiting).status, 200);
  });

  test("is not a worker's concern while its client sends half of it", async () => {
    await using lab = await Lab.start();
    setBufferLimits({ memory: 10 * SMALL.length });
    const sockets = Array.from({ length: 40 }, () => connect(lab.port, "127.0.0.1"));
    for (const [at, socket] of sockets.entries()) {
      const size = at % 2 === 0 ? SMALL.length * 2 : LARGE.length;
      socket.write(`POST /digest/x HTTP/1.1\r\nHost: lab\r\nContent-Length: ${size}\r\n\r\n`);
      socket.write((at % 2 === 0 ? SMALL : LARGE).subarray(0, size / 2));
    }
    await until("the large halves are on the disk", () => buffers.disk.used > 20 * 1_400_000);
    assert.ok(buffers.memory.used < 40 * 65_536, `${buffers.memory.used} bytes in memory`);
    assert.equal((await lab.get("/answer/meanwhile")).text, "meanwhile");
    assert.deepEqual(lab.ran, ["meanwhile"]);
    for (const socket of sockets) socket.destroy();
  });

  test("may be left unread by the application", async () => {
    await using lab = await Lab.start();
    for (const body of [SMALL, LARGE]) {
      assert.equal((await lab.post("/answer/unread", body)).text, "unread");
    }
  });
});
