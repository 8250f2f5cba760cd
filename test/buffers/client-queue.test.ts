import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { ClientQueue, type ClientQueueEvents } from "../../src/buffers/client-queue.ts";
import type { BuffersFullError } from "../../src/buffers/errors.ts";
import { MAY_BE_GIVEN_UP_AFTER, takeDisk } from "../../src/buffers/room.ts";
import { ownTemporaryDirectory } from "../support/spools.ts";
import { until } from "../support/until.ts";

ownTemporaryDirectory();

const BLOCK = 65_536;

/** A queue whose writer never has more than a window ahead of what was freed, as a worker. */
class Answer implements ClientQueueEvents {
  readonly queue = new ClientQueue(this);
  readonly #window: number;
  freedBytes = 0;
  pushed = 0;
  lost: BuffersFullError | undefined;

  constructor(window = 1024 ** 2) {
    this.#window = window;
    this.#fill();
  }

  freed(size: number): void {
    this.freedBytes += size;
    this.#fill();
  }

  givenUp(error: BuffersFullError): void {
    this.lost = error;
  }

  #fill(): void {
    while (this.pushed - this.freedBytes + BLOCK <= this.#window) {
      this.queue.push(Buffer.alloc(BLOCK, this.pushed / BLOCK));
      this.pushed += BLOCK;
    }
  }
}

const answers: Answer[] = [];

function newAnswer(window?: number): Answer {
  const answer = new Answer(window);
  answers.push(answer);
  return answer;
}

afterEach(async () => {
  await Promise.all(answers.splice(0).map((answer) => answer.queue.close()));
  setBufferLimits(DEFAULT_BUFFER_LIMITS);
  assert.equal(buffers.memory.used, 0);
  assert.equal(buffers.disk.used, 0);
});

test("an answer whose client reads on never touches the disk", async () => {
  const answer = newAnswer();
  for (let taken = 0; taken < 500; taken += 1) {
    const chunk = answer.queue.take();
    assert.ok(chunk instanceof Uint8Array);
    assert.equal(chunk[0], taken % 256);
    await new Promise(setImmediate);
  }
  assert.equal(answer.queue.diskBytes, 0);
});

test("an answer whose client takes nothing goes to the disk, as fast as it is made", async () => {
  const answer = newAnswer();
  await until("twenty megabytes were made", () => answer.pushed > 20 * 1024 ** 2);
  assert.ok(buffers.memory.used <= 2 * 1024 ** 2, `${buffers.memory.used} bytes in memory`);
  for (let at = 0; at < answer.pushed; ) {
    const chunk = (await answer.queue.take()) ?? assert.fail("it has ended");
    assert.equal(chunk[0], Math.floor(at / BLOCK) % 256);
    at += chunk.length;
    if (at > 20 * 1024 ** 2) break;
  }
});

test("what one may keep in memory stays there, however long its client takes nothing", async () => {
  const small = newAnswer(DEFAULT_BUFFER_LIMITS.each);
  const large = newAnswer();
  await until("the other is on the disk", () => large.queue.diskBytes > 0);
  assert.equal(small.pushed, DEFAULT_BUFFER_LIMITS.each);
  assert.equal(small.queue.diskBytes, 0);
});

test("when the memory of all is taken, even that goes to the disk", async () => {
  setBufferLimits({ memory: 2 * BLOCK });
  const answer = newAnswer(2 * BLOCK);
  await until("it is on the disk", () => answer.queue.diskBytes >= 2 * BLOCK);
});

test("one answer gets an eighth of the disk; then its writer waits, until the client reads", async () => {
  setBufferLimits({ disk: 80 * BLOCK });
  const answer = newAnswer();
  await until("it has its share", () => answer.queue.diskBytes === 10 * BLOCK);
  // Room for another answer, which has its share too, is what shows that the first has stopped.
  const other = newAnswer();
  await until("the other has its share", () => other.queue.diskBytes === 10 * BLOCK);
  assert.equal(answer.queue.diskBytes, 10 * BLOCK);
  assert.equal(answer.pushed, 10 * BLOCK + 1024 ** 2);
  for (let read = 0; read < 10; ) read += ((await answer.queue.take())?.length ?? 0) / BLOCK;
  await until("it is made on", () => answer.pushed > 10 * BLOCK + 1024 ** 2);
});

test("when the disk is full, it is given up whose client has waited longest", async () => {
  setBufferLimits({ disk: 80 * BLOCK });
  const first = newAnswer();
  await until("the first has its share", () => first.queue.diskBytes === 10 * BLOCK);
  const second = newAnswer();
  await until("the second has its share", () => second.queue.diskBytes === 10 * BLOCK);
  assert.equal(takeDisk(60 * BLOCK), true);
  assert.equal(takeDisk(BLOCK), false, "both clients may yet read");
  const deadline = performance.now() + MAY_BE_GIVEN_UP_AFTER;
  await until("both have waited long enough", () => performance.now() > deadline);
  assert.equal(takeDisk(BLOCK), true);
  assert.match(first.lost?.message ?? "", /read nothing for 1 s.*--limit-buffer-disk/);
  assert.equal(first.lost?.statusHint, 503);
  assert.equal(first.queue.take(), undefined);
  assert.equal(second.lost, undefined);
  buffers.disk.give(61 * BLOCK);
});

test("more than there is on the whole disk is refused, and nobody is given up for it", async () => {
  setBufferLimits({ disk: 80 * BLOCK });
  const answer = newAnswer();
  await until("it has its share", () => answer.queue.diskBytes === 10 * BLOCK);
  const deadline = performance.now() + MAY_BE_GIVEN_UP_AFTER;
  await until("it has waited long enough", () => performance.now() > deadline);
  assert.equal(takeDisk(81 * BLOCK), false);
  assert.equal(answer.lost, undefined);
});

test("an answer that found no room on the disk finds it when there is some", async (t) => {
  setBufferLimits({ disk: 80 * BLOCK });
  buffers.disk.charge(80 * BLOCK);
  const { mock: asked } = t.mock.method(buffers.disk, "take");
  const answer = newAnswer();
  await until("it has asked", () => asked.callCount() > 0);
  assert.equal(answer.pushed, 1024 ** 2);
  buffers.disk.give(80 * BLOCK);
  await until("it has its share", () => answer.queue.diskBytes === 10 * BLOCK);
});
