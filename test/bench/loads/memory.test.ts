/** Memory is measured of a server that has worked, with connections that are open indeed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionMemoryLoad, IdleMemoryLoad } from "../../../bench/loads/memory.ts";
import { START_UP } from "../../../bench/loads/start-up.ts";
import { processTree } from "../../../peers/process-tree.ts";
import { sayHello, serve } from "./serving.ts";

const signal = new AbortController().signal;
const atOnce = 0;

test("a server has answered so many requests when its memory is measured", async () => {
  let requests = 0;
  await using server = await serve((request, response) => {
    requests += 1;
    sayHello(request, response);
  });
  const itself = { ...server, processes: () => processTree(process.pid) };
  const turn = { server: itself, seconds: 1, signal };
  const { residentBytes = 0, errors } = await new IdleMemoryLoad(100, atOnce).run(turn);
  assert.deepEqual([requests, errors], [100, 0]);
  assert.ok(residentBytes > 0);
});

test("memory is divided by connections that were asked before and are answered afterwards", async () => {
  let requests = 0;
  let measured = 0;
  await using server = await serve((request, response) => {
    requests += 1;
    sayHello(request, response);
  });
  const counting = {
    ...server,
    processes: () => {
      measured = requests;
      return [];
    },
  };
  const turn = { server: counting, seconds: 1, signal };
  const { bytesPerConnection, errors } = await new ConnectionMemoryLoad(100, atOnce).run(turn);
  assert.deepEqual([measured, requests], [200, 300]);
  assert.deepEqual([bytesPerConnection, errors], [0, 0]);
});

test("a server that has just started says how long that took", async () => {
  await using server = await serve();
  const { startSeconds } = await START_UP.run({ server, seconds: 1, signal });
  assert.equal(startSeconds, server.secondsToFirstAnswer);
});
