/**
 * Content negotiation (RFC 9110 §12): which of what a server has a client likes best. Of equal wishes
 * what the server names first is taken; without the field anything is welcome.
 */
import { codingWeights, weightOf } from "../http/content-codings.ts";
import { splitUnquoted } from "./field-parts.ts";
import { type MediaType, parseMediaType } from "./media-type.ts";

/** What a client wishes: an element of the field, and its weight from 0 to 1. */
interface Wish<Range> {
  readonly range: Range;
  readonly weight: number;
}

/** RFC 9110 §12.5.1. Undefined where the client accepts none of them, a 406. */
export function preferredType(
  accept: string | undefined,
  offered: readonly string[],
): string | undefined {
  if (accept === undefined) return offered[0];
  const wishes = wishesOf(accept, parseMediaType);
  return best(offered, (type) => weightOfType(wishes, parseMediaType(type)));
}

/** RFC 9110 §12.5.4, by basic filtering and by look-up (RFC 4647 §3.3.1, §3.4): `en` is met by `en-GB`, and the other way. */
export function preferredLanguage(
  acceptLanguage: string | undefined,
  offered: readonly string[],
): string | undefined {
  if (acceptLanguage === undefined) return offered[0];
  const wishes = wishesOf(acceptLanguage, (range) => range.toLowerCase());
  return best(offered, (tag) => weightOfLanguage(wishes, tag.toLowerCase()));
}

/** RFC 9110 §12.5.3. `identity` is welcome unless it is refused; that is why it may be offered, too. */
export function preferredEncoding(
  acceptEncoding: string | undefined,
  offered: readonly string[],
): string | undefined {
  if (acceptEncoding === undefined) return offered[0];
  const weights = codingWeights(acceptEncoding);
  return best(offered, (coding) => {
    const name = coding.toLowerCase();
    // RFC 9110 §12.5.3, rule 2: identity is below all that is asked for, and better than nothing.
    return weights.get(name) ?? weights.get("*") ?? (name === "identity" ? Number.MIN_VALUE : 0);
  });
}

function wishesOf<Range>(
  field: string,
  parse: (text: string) => Range | undefined,
): readonly Wish<Range>[] {
  return splitUnquoted(field, ",").flatMap((element) => {
    const parts = splitUnquoted(element, ";");
    const at = parts.findIndex((part) => /^q\s*=/i.test(part));
    // What stands behind the weight is no part of the range (RFC 9110 §12.5.1).
    const range = parse((at < 0 ? parts : parts.slice(0, at)).join(";"));
    if (range === undefined || element === "") return [];
    const weight = weightOf(at < 0 ? [] : parts.slice(at).map((part) => part.toLowerCase()));
    return [{ range, weight }];
  });
}

function best(offered: readonly string[], weigh: (each: string) => number): string | undefined {
  let found: string | undefined;
  let highest = 0;
  for (const each of offered) {
    const weight = weigh(each);
    if (weight <= highest) continue;
    found = each;
    highest = weight;
  }
  return found;
}

/** The weight of the most specific range that has the type. */
function weightOfType(wishes: readonly Wish<MediaType>[], type: MediaType | undefined): number {
  if (type === undefined) return 0;
  return mostSpecific(wishes, (range) => specificity(range, type));
}

/** How exactly a range means a type; 0: not at all. */
function specificity(range: MediaType, type: MediaType): number {
  if (range.essence === "*/*") return 1;
  if (range.essence.endsWith("/*")) {
    return type.essence.startsWith(range.essence.slice(0, -1)) ? 2 : 0;
  }
  if (range.essence !== type.essence) return 0;
  const isMeant = [...range.parameters].every(
    ([name, value]) => type.parameters.get(name)?.toLowerCase() === value.toLowerCase(),
  );
  return isMeant ? 3 + range.parameters.size : 0;
}

function weightOfLanguage(wishes: readonly Wish<string>[], tag: string): number {
  return mostSpecific(wishes, (range) => {
    if (range === "*") return 1;
    // RFC 4647 §3.4: `de-CH` is cut to `de`, unless that has a range of its own.
    if (range.startsWith(`${tag}-`)) return 2;
    return tag === range || tag.startsWith(`${range}-`) ? 2 + range.length : 0;
  });
}

function mostSpecific<Range>(
  wishes: readonly Wish<Range>[],
  specificityOf: (range: Range) => number,
): number {
  let found = 0;
  let weight = 0;
  for (const wish of wishes) {
    const specific = specificityOf(wish.range);
    if (specific <= found) continue;
    found = specific;
    weight = wish.weight;
  }
  return weight;
}
