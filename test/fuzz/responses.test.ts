/** What is serialised is parsed back, whatever applications give. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFinding, writeFinding } from "./findings.ts";
import { Random } from "./random.ts";
import { ResponseCampaign } from "./response-campaign.ts";
import { readResponse } from "./response-reader.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 9110);
const CONNECTIONS = 30_000;
const MOST_TIME = 10_000; // milliseconds
const FEWEST_CONNECTIONS = 5000;

test("answers are read back as they were given, and each fate is met", () => {
  console.log(`seed ${SEED}; FUZZ_SEED=${SEED} makes the same answers again`);
  const campaign = new ResponseCampaign(new Random(SEED));
  const started = performance.now();
  while (campaign.judged < CONNECTIONS && performance.now() - started < MOST_TIME) {
    const failure = campaign.next();
    if (failure === undefined) continue;
    const finding = answerFinding(failure, SEED);
    assert.fail(`seed ${SEED}, written to ${writeFinding(finding)}: ${finding.message}`);
  }
  console.log(`${campaign.judged} connections with answers`);
  assert.ok(campaign.judged >= FEWEST_CONNECTIONS, `only ${campaign.judged} in time`);
  assert.deepEqual(campaign.fates.map(([fate]) => fate).sort(), ["cut", "refused", "sent"]);
});

test("the tests' own reader takes a well-formed response and nothing else", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  const read = readResponse(`${head}X: a \r\nContent-Length: 1\r\n\r\nb`, 0, "GET");
  assert.deepEqual([read.status, read.body, read.framing], ["200 OK", "b", "content-length"]);
  assert.deepEqual(read.fields[0], ["X", "a"]);
  const malformed = [
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 99 OK\r\n\r\n",
    `${head}X : a\r\n\r\n`,
    `${head}X: a\r\n b\r\n\r\n`,
    `${head}X: a\nb\r\n\r\n`,
    `${head}X\r\n\r\n`,
    `${head}Content-Length: 2\r\n\r\nb`,
    `${head}Content-Length: x\r\n\r\n`,
    `${head}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`,
    `${head}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\n2\r\na\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`,
    "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
  ];
  for (const wire of malformed) assert.throws(() => readResponse(wire, 0, "GET"), wire);
});
