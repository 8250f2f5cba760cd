import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { isRunning, until } from "../support/until.ts";
import { Lab } from "./lab.ts";

const BLOCK = Buffer.from("0123456789abcdef".repeat(4096));

test("a streamed answer of 64 MB arrives whole", async () => {
  await using lab = await Lab.start();
  const { body } = await lab.get("/stream/1024");
  assert.equal(body.length, 1024 * BLOCK.length);
  const hash = createHash("sha256");
  for (let block = 0; block < 1024; block += 1) hash.update(BLOCK);
  assert.equal(createHash("sha256").update(body).digest("hex"), hash.digest("hex"));
});

test("an application is not let run far ahead of a client that does not read", async () => {
  setBufferLimits({ disk: 64 * 1024 ** 2 });
  await using lab = await Lab.start({ threads: 2 });
  const socket = connect(lab.port, "127.0.0.1");
  socket.write("GET /stream/4096 HTTP/1.1\r\nHost: lab\r\n\r\n");
  await new Promise((resolve) => socket.once("readable", resolve));
  // Meanwhile without a bound all of the 256 MB would have been made: an eighth of the disk is one.
  await lab.get("/sleep/0.5");
  const made = Number(readFileSync(join(lab.directory, "streamed"), "utf8")) * BLOCK.length;
  assert.ok(made < 64 * 1024 * 1024, `${made} bytes ahead`);
  socket.resetAndDestroy();
  await until("nobody is busy", () => lab.engine.stats().busy === 0);
  setBufferLimits(DEFAULT_BUFFER_LIMITS);
});

test("an application whose client has left is stopped at its next block", async () => {
  await using lab = await Lab.start();
  const socket = connect(lab.port, "127.0.0.1");
  socket.write("GET /stream/1000000 HTTP/1.1\r\nHost: lab\r\n\r\n");
  await new Promise((resolve) => socket.once("readable", resolve));
  socket.resetAndDestroy();
  assert.equal((await lab.get("/answer/next")).status, 200);
  assert.ok(Number(readFileSync(join(lab.directory, "streamed"), "utf8")) < 100_000);
  assert.equal(lab.engine.stats().endings.exit, 0);
});

test("what is streamed goes out before the application waits", async () => {
  await using lab = await Lab.start();
  const socket = connect(lab.port, "127.0.0.1");
  socket.write("GET /give_and_wait/half HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n");
  let received = 0;
  socket.on("data", (data) => {
    received += data.length;
  });
  const ended = new Promise((resolve) => socket.once("end", resolve));
  const arrival = await lab.gate.arrival("half");
  await until("the first block is here", () => received >= BLOCK.length);
  arrival.pass();
  await ended;
  socket.destroy();
  assert.ok(received >= 2 * BLOCK.length);
});

test("a file given to wsgi.file_wrapper arrives whole, an empty one too", async () => {
  await using lab = await Lab.start();
  const content = Buffer.alloc(5_000_000, "a file of some size ");
  writeFileSync(join(lab.directory, "some.bin"), content);
  assert.ok((await lab.get("/file/some.bin")).body.equals(content));
  writeFileSync(join(lab.directory, "empty.bin"), "");
  assert.equal((await lab.get("/file/empty.bin")).body.length, 0);
});

test("a file is open nowhere when its client has left", async () => {
  await using lab = await Lab.start();
  const path = join(lab.directory, "large.bin");
  writeFileSync(path, Buffer.alloc(64 * 1024 * 1024));
  const { pid } = await lab.get("/answer/who");
  const socket = connect(lab.port, "127.0.0.1");
  socket.write("GET /file/large.bin HTTP/1.1\r\nHost: lab\r\n\r\n");
  await new Promise((resolve) => socket.once("readable", resolve));
  assert.ok(isOpenIn(process.pid, path), "the server does not read the file itself");
  socket.resetAndDestroy();
  await until("it is closed here", () => !isOpenIn(process.pid, path));
  await until("it is closed there", () => !isOpenIn(pid, path));
  assert.ok(isRunning(pid));
});

function isOpenIn(pid: number, path: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === path;
    } catch {
      // Closed between the two looks.
      return false;
    }
  });
}
