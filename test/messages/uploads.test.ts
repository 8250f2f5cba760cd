/** Files of forms: in memory, on the disk, and gone with the request. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buffers } from "../../src/buffers/buffers.ts";
import { HttpResponse } from "../../src/messages/http-response.ts";
import { type Handler, toApplication } from "../../src/messages/to-application.ts";
import { createClient } from "../../src/testing/client.ts";
import { serveApplication } from "../support/serve-application.ts";
import { ownTemporaryDirectory, spooledIn } from "../support/spools.ts";
import { until } from "../support/until.ts";
import { BOUNDARY, END, lines, multipartEnviron, part } from "./form-bodies.ts";

const directory = ownTemporaryDirectory();

const LARGE = "x".repeat(300_000);
const BODY = lines(
  part('name="small"; filename="small.txt"', "12345"),
  part('name="large"; filename="large.txt"', LARGE),
  END,
);

/** Calls an application as a server does, and closes what it returned. */
async function call(handler: Handler): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const environ = multipartEnviron(BODY);
  const body = await toApplication(handler)(environ, () => async () => {});
  assert.ok(body !== undefined);
  for await (const piece of body) pieces.push(piece);
  await body.close?.();
  return Buffer.concat(pieces);
}

describe("an uploaded file", () => {
  test("is in memory while it is small, else on the disk; the same to read", async () => {
    let spooled = 0;
    await call(async (request) => {
      const form = await request.form({ memory: 1000 });
      spooled = spooledIn(directory).length;
      const [small, large] = [form.get("small"), form.get("large")];
      assert.ok(small instanceof File && large instanceof File);
      assert.equal(await small.text(), "12345");
      assert.equal(large.size, LARGE.length);
      assert.equal(await large.text(), LARGE);
      assert.equal(await new Response(large.stream()).text(), LARGE);
      assert.equal(await large.slice(10, 20).text(), "x".repeat(10));
      return "";
    });
    assert.equal(spooled, 1);
  });

  test("is gone when the request has been answered", async () => {
    const [memory, disk] = [buffers.memory.used, buffers.disk.used];
    await call(async (request) => {
      await request.form({ memory: 1000 });
      assert.ok(buffers.memory.used > memory && buffers.disk.used > disk);
      return "";
    });
    assert.deepEqual(spooledIn(directory), []);
    assert.deepEqual([buffers.memory.used, buffers.disk.used], [memory, disk]);
  });

  test("lasts as long as an answer that is made of it", async () => {
    const answer = await call(async (request) => {
      const file = (await request.form({ memory: 0 })).get("large");
      return new HttpResponse(file);
    });
    assert.equal(answer.length, LARGE.length);
    assert.deepEqual(spooledIn(directory), []);
  });

  test("is gone when the handler has failed", async () => {
    const failing = call(async (request) => {
      await request.form({ memory: 0 });
      throw new Error("broken");
    });
    await assert.rejects(failing, /broken/);
    assert.deepEqual(spooledIn(directory), []);
  });

  test("is gone when the form was refused behind it", async () => {
    await call(async (request) => {
      await request.form({ memory: 0, files: 1 });
      return "";
    });
    assert.deepEqual(spooledIn(directory), []);
  });

  for (const memory of [0, 1_000_000]) {
    test(`is gone when the request was answered before, with ${memory} bytes of memory`, async () => {
      const { used } = buffers.memory;
      // So many turns of the loop in between: before a file is made, while it is written, and behind it.
      for (let turns = 0; turns < 8; turns += 1) {
        let reading: Promise<unknown> | undefined;
        await call(async (request) => {
          reading = Promise.allSettled([request.form({ memory })]);
          for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
          return "";
        });
        await reading;
        assert.deepEqual(spooledIn(directory), []);
        assert.equal(buffers.memory.used, used);
      }
    });
  }

  test("finds no room on a full disk: 503", async () => {
    const { limit } = buffers.disk;
    buffers.disk.resize(0);
    try {
      const refused = call(async (request) => String((await request.form({ memory: 0 })).get("a")));
      await assert.rejects(refused, { statusHint: 503 });
      assert.deepEqual(spooledIn(directory), []);
    } finally {
      buffers.disk.resize(limit);
    }
  });
});

test("uploads cross a real server", async () => {
  const application = toApplication(async (request) => {
    const file = (await request.form({ memory: 1000 })).get("large");
    return file instanceof File ? new HttpResponse(file) : "none";
  });
  await using served = await serveApplication(application);
  const form = new FormData();
  form.append("large", new File([LARGE], "large.txt"));
  const response = await fetch(served.server.url, { method: "POST", body: form });
  assert.equal((await response.text()).length, LARGE.length);
  await until("the file is gone", () => spooledIn(directory).length === 0);
});

test("the client without a socket uploads, too", async () => {
  const client = createClient(
    toApplication(async (request) => String([...(await request.form())].length)),
  );
  const headers = { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` };
  assert.equal((await client.post("/", { body: BODY, headers })).text, "2");
});
