/**
 * In what `portico http.server` differs from `python3 -m http.server`, and why. The test compares all
 * answers and finds no other difference; docs/http-server.md is made from this.
 */
import type { REQUESTS } from "./requests.ts";

export interface Difference {
  /** What of an answer: its status, its body, whether the connection ends, a field by its name in small letters. */
  readonly of: string;
  /** At what requests; every one of them has it. `some`: at those that are not worth a list. */
  readonly at: readonly (keyof typeof REQUESTS)[] | "some";
  /** What Python does; of a status, the status itself. */
  readonly python: string;
  readonly portico: string;
  readonly because: string;
}

export const DIFFERENCES: readonly Difference[] = [];
