/** An application that computes for about 200 µs, and says what came of it. */
import type { Application } from "portico";

const steps = 170_000; // of a little more than a nanosecond

export const application: Application = (_environ, startResponse) => {
  const body = Buffer.from(`${congruence(steps)}\n`);
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", String(body.length)],
  ]);
  return [body];
};

/** The linear congruential generator of Numerical Recipes: each step waits for the one before. */
function congruence(count: number): number {
  let state = 1;
  for (let i = 0; i < count; i += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state;
}
