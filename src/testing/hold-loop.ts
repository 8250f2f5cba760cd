/** Keeps the process until something has come from a Python engine, whose processes do not keep it themselves. */
import { hasEngines } from "../embed/engines.ts";

/** As seldom as a timer can be. */
const LONGEST_INTERVAL = 2 ** 31 - 1;

/** Where there is no engine, what can never settle lets a test end that says so. */
export async function holdingLoop<Value>(work: Promise<Value>): Promise<Value> {
  if (!hasEngines()) return work;
  const timer = setInterval(() => {}, LONGEST_INTERVAL);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
