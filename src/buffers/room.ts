/** Room on the disk: who gets it, and who has to leave when there is none. */
import { buffers } from "./buffers.ts";

/** An answer that may be on the disk in part. */
export interface SpooledAnswer {
  readonly diskBytes: number;
  /** When its client last took something, on the clock of `performance.now`. */
  readonly takenAt: number;
  /** Lets go of all that it holds: its client gets no more. */
  giveUp(): void;
}

/** How long a client has taken nothing before its answer may be given up, in milliseconds. */
export const MAY_BE_GIVEN_UP_AFTER = 1_000;

const answers = new Set<SpooledAnswer>();

export function enter(answer: SpooledAnswer): void {
  answers.add(answer);
}

export function leave(answer: SpooledAnswer): void {
  answers.delete(answer);
}

/** Takes of the disk; where there is not enough, those leave whose clients have waited longest. */
export function takeDisk(size: number): boolean {
  if (size > buffers.disk.limit) return false;
  while (!buffers.disk.take(size)) {
    const stalest = findStalest();
    if (stalest === undefined) return false;
    answers.delete(stalest);
    stalest.giveUp();
  }
  return true;
}

function findStalest(): SpooledAnswer | undefined {
  let before = performance.now() - MAY_BE_GIVEN_UP_AFTER;
  let stalest: SpooledAnswer | undefined;
  for (const answer of answers) {
    if (answer.takenAt > before || answer.diskBytes === 0) continue;
    before = answer.takenAt;
    stalest = answer;
  }
  return stalest;
}
