/** The promises of oracles.ts, kept by as many inputs as fit into a test's time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Campaign, type FoundFailure } from "./campaign.ts";
import { requestFinding, writeFinding } from "./findings.ts";
import { HangWatch } from "./hang-watch.ts";
import { Random } from "./random.ts";
import { seedInputs } from "./seeds.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 9112);
const INPUTS = 60_000;
/** On a slow machine fewer inputs are judged, but never so few that they say nothing. */
const MOST_TIME = 30_000; // milliseconds
const FEWEST_INPUTS = 10_000;
/** Every way for a reading to end; the inputs are worth little if one of them never comes. */
const ENDS = [
  ...["idle", "waiting", "closed", "refused 400", "refused 413", "refused 414", "refused 417"],
  ...["refused 431", "refused 501", "refused 505"],
];

test("whatever a client sends, every oracle holds, and every outcome is met", async () => {
  console.log(`seed ${SEED}; FUZZ_SEED=${SEED} makes the same inputs again`);
  const { campaign, failure } = await runCampaign();
  if (failure !== undefined) {
    const finding = requestFinding(failure, SEED);
    const path = writeFinding(finding);
    assert.fail(`seed ${SEED}, ${finding.oracle}, written to ${path}: ${finding.message}`);
  }
  console.log(`${campaign.judged} inputs, ${campaign.ways} ways through the reader`);
  assert.ok(campaign.judged >= FEWEST_INPUTS, `only ${campaign.judged} inputs in time`);
  const met = new Set(campaign.outcomes.map(([outcome]) => outcome));
  assert.deepEqual(
    ENDS.filter((end) => !met.has(end)),
    [],
  );
});

/** The hang watch ends with it: to make a failing input short takes its time. */
async function runCampaign(): Promise<{ campaign: Campaign; failure: FoundFailure | undefined }> {
  await using watch = new HangWatch(SEED);
  const campaign = new Campaign(new Random(SEED), seedInputs(), watch.begins);
  const started = performance.now();
  let failure: FoundFailure | undefined;
  while (campaign.judged < INPUTS && performance.now() - started < MOST_TIME) {
    failure = campaign.next();
    if (failure !== undefined) break;
  }
  return { campaign, failure };
}

test("the same seed makes the same inputs", () => {
  const inputsOf = (seed: number) => {
    const inputs: string[] = [];
    const campaign = new Campaign(new Random(seed), seedInputs(), ({ text }) => inputs.push(text));
    for (let left = 300; left > 0; left -= 1) campaign.next();
    return inputs;
  };
  assert.deepEqual(inputsOf(1), inputsOf(1));
  assert.notDeepEqual(inputsOf(1), inputsOf(2));
});
