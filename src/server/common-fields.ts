/** The Server field, and the Date field of this second; the time of day is not asked for each answer. */
import { imfFixdate } from "../http/date.ts";
import type { CommonFields } from "../http/writers.ts";

/** By how seldom `clock` is read, a few times a second, the Date may be late. */
export function commonFields(
  software: string,
  clock: { readonly now: number },
): () => CommonFields {
  const server = `Server: ${software}\r\n`;
  let lookedAt = Number.NaN;
  let second = -1;
  let fields: CommonFields = { server, date: "" };
  return () => {
    if (clock.now === lookedAt) return fields;
    lookedAt = clock.now;
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      fields = { server, date: `Date: ${imfFixdate(now * 1000)}\r\n` };
    }
    return fields;
  };
}
