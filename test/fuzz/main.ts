/** `npm run fuzz`: judges inputs until it is stopped, has judged enough, or finds one that fails. */
import { relative } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../support/python-environment.ts";
import { Campaign } from "./campaign.ts";
import {
  answerFinding,
  type Finding,
  judgeFinding,
  messageOf,
  requestFinding,
  writeFinding,
} from "./findings.ts";
import { HangWatch } from "./hang-watch.ts";
import { Random } from "./random.ts";
import { ResponseCampaign } from "./response-campaign.ts";
import { seedInputs } from "./seeds.ts";

const HELP = `npm run fuzz -- [OPTIONS]
  --inputs N         stop after N inputs
  --minutes N        stop after N minutes
  --seed N           make the same inputs as the run that printed N (also FUZZ_SEED)
  --input FILE       judge only what a run has written to FILE
`;
const INPUTS_A_TURN = 250;
/** A connection with answers for so many inputs. */
const INPUTS_AN_ANSWER = 5;
const PROGRESS_EVERY = 5000; // milliseconds

interface Plan {
  readonly seed: number;
  readonly inputs: number;
  readonly milliseconds: number;
  readonly file: string | undefined;
}

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stopped.abort());
}
try {
  const plan = readPlan(process.argv.slice(2));
  if (plan === undefined) console.log(HELP);
  else if (plan.file !== undefined) judgeAgain(plan.file);
  else await run(plan);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

/** @throws when an option is unknown or has a bad value; undefined means that help is wanted. */
function readPlan(args: readonly string[]): Plan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      inputs: { type: "string", default: "Infinity" },
      minutes: { type: "string", default: "Infinity" },
      seed: { type: "string", default: process.env.FUZZ_SEED ?? `${Date.now() % 2 ** 32}` },
      input: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: "inputs" | "minutes" | "seed") => {
    const value = Number(values[name]);
    if (!(value >= 0)) throw new RangeError(`--${name} ${values[name]} is not a number`);
    return value;
  };
  return {
    seed: number("seed"),
    inputs: number("inputs"),
    milliseconds: number("minutes") * 60_000,
    file: values.input,
  };
}

function judgeAgain(file: string): void {
  const failure = judgeFinding(file);
  if (failure === undefined) {
    console.log(`${file}: nothing is wrong with it any more`);
    return;
  }
  console.log(`${failure.oracle}: ${messageOf(failure.error)}`);
  process.exitCode = 1;
}

async function run(plan: Plan): Promise<void> {
  console.log(`seed ${plan.seed}`);
  const watch = new HangWatch(plan.seed);
  const requests = new Campaign(new Random(plan.seed), seedInputs(), watch.begins);
  const answers = new ResponseCampaign(new Random(plan.seed));
  const started = performance.now();
  let reported = started;
  const finding = await withoutStacks(async () => {
    while (requests.judged < plan.inputs && performance.now() - started < plan.milliseconds) {
      const found = judgeSome(requests, answers, plan);
      if (found !== undefined || stopped.signal.aborted) return found;
      await nextTurn();
      if (performance.now() - reported < PROGRESS_EVERY) continue;
      reported = performance.now();
      console.log(progress(requests, answers, reported - started));
    }
    return undefined;
  });
  await watch[Symbol.asyncDispose]();
  console.log(progress(requests, answers, performance.now() - started));
  for (const [outcome, count] of requests.outcomes) console.log(`  ${outcome}: ${count}`);
  for (const [fate, count] of answers.fates) console.log(`  answer ${fate}: ${count}`);
  if (finding !== undefined) report(finding);
}

/** A refusal is an everyday thing here, and its stack costs more than the reading before it. */
async function withoutStacks<Result>(work: () => Promise<Result>): Promise<Result> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function judgeSome(
  requests: Campaign,
  answers: ResponseCampaign,
  { seed, inputs }: Plan,
): (() => Finding) | undefined {
  for (let left = Math.min(INPUTS_A_TURN, inputs - requests.judged); left > 0; left -= 1) {
    const failure = requests.next();
    if (failure !== undefined) return () => requestFinding(failure, seed);
    if (requests.judged % INPUTS_AN_ANSWER !== 0) continue;
    const answerFailure = answers.next();
    if (answerFailure !== undefined) return () => answerFinding(answerFailure, seed);
  }
  return undefined;
}

function progress(requests: Campaign, answers: ResponseCampaign, elapsed: number): string {
  const rate = Math.round(requests.judged / (elapsed / 1000));
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const counts = `${requests.judged} inputs, ${requests.ways} ways, ${answers.judged} connections`;
  return `${Math.round(elapsed / 1000)} s: ${counts} with answers, ${rate} inputs/s, ${megabytes} MiB`;
}

function report(makeFinding: () => Finding): void {
  const finding = makeFinding();
  const path = relative(repositoryRoot, writeFinding(finding));
  console.log(`\n${finding.oracle}: ${finding.message}`);
  if (finding.input !== undefined) console.log(JSON.stringify(finding.input));
  console.log(`\nwrote ${path}\njudge it again: npm run fuzz -- --input ${path}`);
  console.log(`run the same inputs: npm run fuzz -- --seed ${finding.seed}`);
  process.exitCode = 1;
}
