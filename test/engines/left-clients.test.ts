/** What becomes of the requests of clients that leave before they are answered. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { until } from "../support/until.ts";
import { Lab } from "./lab.ts";

test("a request that waits for a worker is never run once its client has left", async () => {
  await using lab = await Lab.start();
  const first = lab.get("/wait/first");
  const arrival = await lab.gate.arrival("first");
  // Known to be slow, it is not sent ahead.
  const waiting = await ask(lab, "/wait/never");
  await until("it waits", () => lab.engine.stats().queued === 1);
  waiting.destroy();
  await until("it is dropped", () => lab.engine.stats().queued === 0);
  arrival.pass();
  assert.equal((await first).status, 200);
  await lab.get("/answer/last");
  assert.deepEqual(lab.ran, ["first", "last"]);
});

test("and is logged as one whose client has left, not as an error of the server", async () => {
  const statuses: (number | undefined)[] = [];
  await using lab = await Lab.start({
    onExchange: ({ response }) => statuses.push(response?.statusCode),
  });
  const first = lab.get("/wait/first");
  const arrival = await lab.gate.arrival("first");
  const waiting = await ask(lab, "/wait/never");
  await until("it waits", () => lab.engine.stats().queued === 1);
  waiting.end();
  await until("it is logged", () => statuses.length === 1);
  assert.deepEqual(statuses, [undefined]);
  arrival.pass();
  await first;
});

test("nor one that a worker holds already, unbegun", async () => {
  await using lab = await Lab.start();
  await lab.warmUp();
  const first = lab.get("/wait/first");
  const ahead = await ask(lab, "/answer/never");
  const arrival = await lab.gate.arrival("first");
  await until("both have come", () => open(lab) === 2);
  ahead.destroy();
  await until("it is dropped", () => open(lab) === 1);
  arrival.pass();
  assert.equal((await first).status, 200);
  await lab.get("/answer/last");
  assert.deepEqual(
    lab.ran.filter((name) => name !== "warm"),
    ["first", "last"],
  );
});

for (const threads of [1, 2]) {
  test(`a request that runs can ask whether its client has left, with ${threads} thread(s)`, async () => {
    await using lab = await Lab.start({ threads });
    const client = await ask(lab, "/until_left/it");
    await lab.gate.arrival("it");
    assert.deepEqual(lab.ran, ["it"]);
    client.destroy();
    await until("it knows", () => lab.ran.includes("it was left"));
    assert.equal((await lab.get("/answer/next")).status, 200);
    assert.equal(lab.engine.stats().endings.timeout, 0);
  });
}

test("a client that has half closed gets all of a stream that has begun", async () => {
  await using lab = await Lab.start();
  const client = connect({ port: lab.port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  client.setEncoding("utf8").on("data", (data: string) => {
    text += data;
  });
  const ended = new Promise((resolve) => client.once("end", resolve));
  client.end("GET /drip/4 HTTP/1.1\r\nHost: lab\r\n\r\n");
  await ended;
  assert.match(text, /0 .*1 .*2 .*3 .*\r\n0\r\n\r\n$/s);
});

/** Requests in the worker, and those that were not sent ahead, as on a busy machine. */
function open(lab: Lab): number {
  const { busy, queued } = lab.engine.stats();
  return busy + queued;
}

/** A client that has sent its request. */
async function ask(lab: Lab, target: string): Promise<Socket> {
  const client = connect(lab.port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    client.write(`GET ${target} HTTP/1.1\r\nHost: lab\r\n\r\n`, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return client;
}
