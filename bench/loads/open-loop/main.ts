/** A process that is one open-loop client: its plan is its argument, its report what it prints. */

import type { OpenLoopPlan, OpenLoopReport } from "../open-loop.ts";
import { percentiles } from "../percentiles.ts";
import { Client } from "./client.ts";
import { OpenLoop } from "./open-loop.ts";
import { now, startPace } from "./pace.ts";

/** Time for the pace to start, in seconds. */
const HEAD_START = 0.2;

// The argument is what open-loop.ts gave.
run(JSON.parse(process.argv[2] ?? "") as OpenLoopPlan);

function run(plan: OpenLoopPlan): void {
  const { rate, connections, warmUpSeconds, seconds } = plan;
  const loop = new OpenLoop({ rate, connections, seconds: warmUpSeconds + seconds });
  const start = now() + HEAD_START;
  const faults = new Map<string, number>();
  const client = new Client({
    port: plan.port,
    host: `127.0.0.1:${plan.port}`,
    body: plan.body,
    conclude: ({ connection, fault }) => {
      loop.conclude(connection, fault === undefined ? "answered" : "failed", now() - start);
      if (fault !== undefined) faults.set(fault, (faults.get(fault) ?? 0) + 1);
      depart();
    },
  });
  const depart = (): void => {
    for (const { request, connection } of loop.depart(now() - start)) {
      client.send(connection, isSlow(plan, request) ? (plan.slow?.path ?? "") : plan.path);
    }
    if (loop.isOver) end();
  };
  const end = (): void => {
    clearTimeout(deadline);
    client[Symbol.dispose]();
    console.log(JSON.stringify(report(plan, loop, faults)));
    process.exit();
  };
  const longest = HEAD_START + warmUpSeconds + seconds + plan.lastWaitSeconds;
  const deadline = setTimeout(() => {
    loop.giveUp(now() - start);
    end();
  }, longest * 1000);
  startPace({ start, rate, total: loop.total }, depart);
}

function isSlow({ slow }: OpenLoopPlan, request: number): boolean {
  return slow !== undefined && request % slow.every === slow.every - 1;
}

/** Latencies are those of the requests that were planned behind the warm-up and are not slow ones. */
function report(
  plan: OpenLoopPlan,
  loop: OpenLoop,
  faults: ReadonlyMap<string, number>,
): OpenLoopReport {
  const chosen = (request: number): boolean =>
    loop.plannedAt(request) >= plan.warmUpSeconds && !isSlow(plan, request);
  return {
    answered: loop.answered,
    failed: loop.failed,
    faults: [...faults].map(([fault, count]) => `${count} × ${fault}`),
    ...percentiles(loop.latencies(chosen)),
  };
}
