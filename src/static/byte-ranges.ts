/** Byte ranges: what a Range field asks of a representation, and the parts that answer several. */
import { trimOws } from "../http/fields.ts";

/** From `start` up to `end`, which is not part of it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** RFC 9110 §17.15: many small ranges cost more than the whole; a client that wants them gets that. */
const MAX_RANGES = 32;

// RFC 9110 §14.1.1 and §14.1.2: int-range = first-pos "-" [ last-pos ], suffix-range = "-" suffix-length
const RANGE_SPEC = /^([0-9]+)-([0-9]*)$|^-([0-9]+)$/;

/**
 * What to send of a representation of `size` bytes. Undefined: all of it, since the field asks for
 * other units, is malformed, or asks for more than all (RFC 9110 §14.2 lets a server ignore it).
 */
export function byteRanges(
  field: string,
  size: number,
): readonly ByteRange[] | "unsatisfiable" | undefined {
  const [unit, set] = splitOnce(field, "=");
  if (set === undefined || trimOws(unit).toLowerCase() !== "bytes") return undefined;
  const specs = set.split(",").map((spec) => trimOws(spec));
  const ranges: ByteRange[] = [];
  let wanted = 0;
  for (const spec of specs) {
    if (spec === "") continue;
    const range = rangeOf(spec, size);
    if (range === undefined) return undefined;
    wanted += 1;
    if (range.end > range.start) ranges.push(range);
  }
  if (wanted === 0 || wanted > MAX_RANGES) return undefined;
  if (ranges.length === 0) return size === 0 ? undefined : "unsatisfiable";
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return total > size ? undefined : ranges;
}

/** Empty where it cannot be satisfied; undefined where it is malformed. */
function rangeOf(spec: string, size: number): ByteRange | undefined {
  const [isRange, first, last, suffix] = RANGE_SPEC.exec(spec) ?? [];
  if (isRange === undefined) return undefined;
  if (suffix !== undefined) return { start: Math.max(0, size - Number(suffix)), end: size };
  const start = Number(first);
  if (last === undefined || last === "") return { start, end: size };
  if (Number(last) < start) return undefined;
  return { start, end: Math.min(size, Number(last) + 1) };
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** RFC 9110 §14.4. */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

/** Bytes that are there, and those that stand in a file or a buffer. */
export type Part = Buffer | ByteRange;

export interface Multipart {
  readonly mediaType: string;
  readonly parts: readonly Part[];
  readonly length: number;
}

/** RFC 9110 §14.6: several ranges in one body; `boundary` must not occur in them. */
export function multipartRanges(
  ranges: readonly ByteRange[],
  about: { readonly mediaType: string; readonly size: number },
  boundary: string,
): Multipart {
  const parts: Part[] = [];
  for (const range of ranges) {
    const head = `\r\n--${boundary}\r\nContent-Type: ${about.mediaType}\r\nContent-Range: ${contentRange(range, about.size)}\r\n\r\n`;
    // RFC 2046 §5.1.1: the line end before a boundary is the boundary's; before the first there is none.
    parts.push(Buffer.from(parts.length === 0 ? head.slice(2) : head, "latin1"), range);
  }
  parts.push(Buffer.from(`\r\n--${boundary}--\r\n`, "latin1"));
  return {
    mediaType: `multipart/byteranges; boundary=${boundary}`,
    parts,
    length: parts.reduce((sum, part) => sum + lengthOfPart(part), 0),
  };
}

function lengthOfPart(part: Part): number {
  return Buffer.isBuffer(part) ? part.length : part.end - part.start;
}
