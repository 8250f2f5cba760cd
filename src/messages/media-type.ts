/** Media types with their parameters (RFC 9110 §8.3.1). */
import { type Parameters, parametersOf, splitUnquoted } from "./field-parts.ts";

export interface MediaType {
  /** `text/html`, in lower case. */
  readonly essence: string;
  readonly parameters: Parameters;
}

const ESSENCE = /^[!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Undefined where the text names no media type. */
export function parseMediaType(text: string): MediaType | undefined {
  const [first = "", ...parts] = splitUnquoted(text, ";");
  const essence = first.toLowerCase();
  return ESSENCE.test(essence) ? { essence, parameters: parametersOf(parts) } : undefined;
}

/** `application/json`, and what is written in it (RFC 6839 §3.1). */
export function isJson(essence: string): boolean {
  return essence === "application/json" || /^[^/]+\/.+\+json$/.test(essence);
}
