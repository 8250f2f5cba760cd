/** The parts of a pattern that are matched one after the other: segments, or all that is left of a path. */
import { ANY_PATH, ANY_SEGMENT, escapeRegex } from "./converters.ts";
import type { Parameter, Token } from "./path-pattern.ts";

/** A segment's very text, or what has parameters. */
export type Part = string | DynamicPart;

/** What a part is made of: within `<path:rest>/edit` slashes are text. */
type Piece = string | Parameter;

/** Not a match. */
export const NO_MATCH = -1;

// Where a pattern ends in a slash behind what spans segments, the slash may be missing, but not be doubled.
const OPTIONAL_SLASH = "(?<!/)(?<slash>/?)";

type Takes = ReadonlyMap<string, (text: string) => boolean>;

/** What most patterns have, found faster than by their regexes: there is no slash in a segment. */
const TAKES_SEGMENT: Takes = new Map([[ANY_SEGMENT, (text) => text !== ""]]);
const TAKES_PATH: Takes = new Map([[ANY_PATH, (text) => text !== "" && text[0] !== "/"]]);

export class DynamicPart {
  /** The same for parts that match the same. */
  readonly key: string;
  readonly weight: readonly number[];
  /** Whether it takes all that is left of a path. */
  readonly isFinal: boolean;
  readonly #parameters: readonly Parameter[];
  /** The one parameter that is all there is: most parts are such, and need no groups. */
  readonly #only: Parameter | undefined;
  readonly #takes: (text: string) => boolean;
  readonly #regex: RegExp;

  constructor(pieces: readonly Piece[]) {
    this.key = pieces.map((piece) => (typeof piece === "string" ? piece : piece.type)).join("");
    this.weight = weightOf(pieces);
    this.#parameters = pieces.filter((piece) => typeof piece !== "string");
    this.isFinal = this.#parameters.some(({ spansSegments }) => spansSegments);
    this.#only = pieces.length === 1 ? this.#parameters[0] : undefined;
    const regex = this.#only?.whole ?? regexOf(pieces, this.isFinal);
    this.#regex = regex;
    const common = this.isFinal ? TAKES_PATH : TAKES_SEGMENT;
    this.#takes = common.get(this.#only?.regex ?? "") ?? ((text) => regex.test(text));
  }

  /**
   * Adds the values of the parameters to `values`, in their order. Gives how many characters of the text
   * are still to be matched: the slash at the end of a pattern, or none; {@link NO_MATCH} where one of them
   * does not match, and then some values may have been added.
   */
  read(text: string, values: unknown[]): number {
    if (this.#only === undefined) return this.#readGroups(text, values);
    if (!this.#takes(text)) return NO_MATCH;
    const value = this.#only.toValue(text);
    if (value === undefined) return NO_MATCH;
    values.push(value);
    return 0;
  }

  #readGroups(text: string, values: unknown[]): number {
    const groups = this.#regex.exec(text)?.groups;
    if (groups === undefined) return NO_MATCH;
    for (let at = 0; at < this.#parameters.length; at += 1) {
      const value = this.#parameters[at]?.toValue(groups[`p${at}`] ?? "");
      if (value === undefined) return NO_MATCH;
      values.push(value);
    }
    return groups.slash?.length ?? 0;
  }
}

/** Below zero where `one` is to be tried before `other`. */
export function compareWeights(one: readonly number[], other: readonly number[]): number {
  for (const [at, weight] of one.entries()) {
    const difference = weight - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** The parts between slashes; behind what spans segments a slash is text. The first slash is left out. */
export function partsOf(tokens: readonly Token[]): readonly Part[] {
  const parts: Part[] = [];
  let pieces: Piece[] = [];
  let isFinal = false;
  for (const token of tokens[0]?.kind === "slash" ? tokens.slice(1) : tokens) {
    if (token.kind === "parameter") {
      pieces.push(token.parameter);
      isFinal ||= token.parameter.spansSegments;
    } else if (token.kind === "text") pieces.push(token.text);
    else if (isFinal) pieces.push("/");
    else {
      parts.push(partOf(pieces));
      pieces = [];
    }
  }
  parts.push(partOf(pieces));
  // The slash that its regex leaves is a part of its own: what is missing there can be told from no match.
  return isFinal && pieces.at(-1) === "/" ? [...parts, ""] : parts;
}

function partOf(pieces: readonly Piece[]): Part {
  const [only = "", ...others] = pieces;
  return others.length === 0 && typeof only === "string" ? only : new DynamicPart(pieces);
}

/**
 * As Werkzeug weighs: more texts first, then longer ones, then more parameters, then lighter ones. Slashes
 * are no texts.
 */
function weightOf(pieces: readonly Piece[]): readonly number[] {
  const texts = pieces.flatMap((piece) =>
    typeof piece === "string" && piece !== "/" ? [-piece.length] : [],
  );
  const parameters = pieces.flatMap((piece) => (typeof piece === "string" ? [] : [piece.weight]));
  return [-texts.length, ...texts, -parameters.length, ...parameters];
}

function regexOf(pieces: readonly Piece[], isFinal: boolean): RegExp {
  const leavesSlash = isFinal && pieces.at(-1) === "/";
  let count = 0;
  const sources = (leavesSlash ? pieces.slice(0, -1) : pieces).map((piece) => {
    if (typeof piece === "string") return escapeRegex(piece);
    count += 1;
    return `(?<p${count - 1}>${piece.regex})`;
  });
  return new RegExp(`^${sources.join("")}${leavesSlash ? OPTIONAL_SLASH : ""}$`, "u");
}
