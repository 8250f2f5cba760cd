/** The ranges of a representation that a request asks for, as they are sent (RFC 9110 §14). */
import { randomBytes } from "node:crypto";
import type { HeaderList } from "../wsgi/types.ts";
import { byteRanges, contentRange, multipartRanges, type Part } from "./byte-ranges.ts";

/** What is ranged over. */
export interface Whole {
  readonly mediaType: string;
  readonly size: number;
}

/** A 206 or, without parts, a 416: fields that take the place of the whole's, or stand beside them. */
export interface RangedAnswer {
  readonly status: 206 | 416;
  readonly fields: HeaderList;
  readonly parts: readonly Part[];
}

/** Undefined: all of it is to be sent, whatever the field says. */
export function rangedAnswer(range: string, { mediaType, size }: Whole): RangedAnswer | undefined {
  const ranges = byteRanges(range, size);
  if (ranges === undefined) return undefined;
  if (ranges === "unsatisfiable") {
    return { status: 416, fields: [["Content-Range", `bytes */${size}`]], parts: [] };
  }
  const [first, second] = ranges;
  if (first !== undefined && second === undefined) {
    const length = String(first.end - first.start);
    const fields: HeaderList = [
      ["Content-Length", length],
      ["Content-Range", contentRange(first, size)],
    ];
    return { status: 206, fields, parts: ranges };
  }
  const boundary = randomBytes(16).toString("hex");
  const multipart = multipartRanges(ranges, { mediaType, size }, boundary);
  const fields: HeaderList = [
    ["Content-Type", multipart.mediaType],
    ["Content-Length", String(multipart.length)],
  ];
  return { status: 206, fields, parts: multipart.parts };
}
