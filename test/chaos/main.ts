/** `npm run chaos`: campaigns against each kind of target in turn, until told to stop, late, or one finds a fault. */
import { parseArgs } from "node:util";
import { CHAOS_TARGETS, runChaos, told } from "./chaos.ts";

const HELP = `npm run chaos -- [OPTIONS]
  --minutes N    stop after N minutes (10)
  --seconds N    how long each campaign disturbs (30)
  --clients N    how many ask at a time (16)
  --seed N       begin with the choices of the campaign that printed N
`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seconds: { type: "string", default: "30" },
    clients: { type: "string", default: "16" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) console.log(HELP);
else await campaign();

async function campaign(): Promise<void> {
  const end = performance.now() + number("minutes") * 60_000;
  for (let seed = number("seed"); performance.now() < end; seed += 1) {
    for (const target of CHAOS_TARGETS) {
      const milliseconds = number("seconds") * 1000;
      const report = await runChaos({ target, milliseconds, seed, clients: number("clients") });
      console.log(`seed ${seed}, ${target}: ${told(report)}`);
      if (report.faults.length === 0) continue;
      console.log([report.log, ...report.faults].join("\n"));
      process.exitCode = 1;
      return;
    }
  }
}

function number(name: "minutes" | "seconds" | "clients" | "seed"): number {
  const value = Number(values[name]);
  if (value >= 0) return value;
  throw new RangeError(`--${name} ${values[name]} is not a number`);
}
