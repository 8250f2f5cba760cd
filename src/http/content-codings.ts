/** Which of the content codings there are a client wants (RFC 9110 §12.5.3). */
import { trimOws } from "./fields.ts";

export type ContentCoding = "br" | "zstd" | "gzip";

/** A coding's weight, from 0 to 1; `*` has that of all others. */
export type Weights = ReadonlyMap<string, number>;

/** Browsers send the same few; what is not in the cache costs its reading, never memory. */
const MAX_CACHED_FIELDS = 128;
const MAX_CACHED_LENGTH = 64;

const cache = new Map<string, Weights>();

/**
 * Of equal wishes the first of `available` is met. Undefined: as it is, which is also what a client
 * gets that wants nothing there is.
 */
export function preferredCoding(
  acceptEncoding: string | undefined,
  available: readonly ContentCoding[],
): ContentCoding | undefined {
  if (acceptEncoding === undefined) return undefined;
  const weights = codingWeights(acceptEncoding);
  const others = weights.get("*") ?? 0;
  let best: ContentCoding | undefined;
  // Who names a coding and not "identity" wants the coding.
  let bestWeight = weights.get("identity") ?? 0;
  for (const coding of available) {
    const weight = weights.get(coding) ?? others;
    const isBetter = best === undefined ? weight >= bestWeight : weight > bestWeight;
    if (weight === 0 || !isBetter) continue;
    best = coding;
    bestWeight = weight;
  }
  return best;
}

/** What an Accept-Encoding field says, by coding in lower case. */
export function codingWeights(field: string): Weights {
  return cache.get(field) ?? learnWeights(field);
}

function learnWeights(field: string): Weights {
  const weights = new Map<string, number>();
  for (const element of field.split(",")) {
    const [name = "", ...parameters] = element
      .split(";")
      .map((part) => trimOws(part).toLowerCase());
    // RFC 9110 §8.4.1.3: x-gzip is the same.
    if (name !== "") weights.set(name === "x-gzip" ? "gzip" : name, weightOf(parameters));
  }
  if (cache.size < MAX_CACHED_FIELDS && field.length <= MAX_CACHED_LENGTH) {
    // A flat copy: a slice would keep the whole head it was cut from alive.
    cache.set(Buffer.from(field, "latin1").toString("latin1"), weights);
  }
  return weights;
}

// RFC 9110 §12.4.2: weight = OWS ";" OWS "q=" qvalue
const WEIGHT = /^q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/** By the parameters, in lower case. What is no weight is none: nobody is sent what may have been refused. */
export function weightOf(parameters: readonly string[]): number {
  const [first] = parameters;
  return first === undefined ? 1 : Number(WEIGHT.exec(first)?.[1] ?? 0);
}
