/** What is sent of a file: from memory, or opened for this one body. */
import type { ResponseBody } from "../wsgi/types.ts";
import type { Part } from "./byte-ranges.ts";
import { FilePieces } from "./file-pieces.ts";
import { openSame } from "./files.ts";
import type { Representation } from "./representation.ts";

/** Undefined where the file is that version no more. */
export function fileBody(
  { path, facts, content }: Pick<Representation, "path" | "facts" | "content">,
  parts: readonly Part[],
): ResponseBody | undefined {
  if (parts.every((part) => Buffer.isBuffer(part))) return [...parts];
  if (content !== undefined) return partsIn(content, parts);
  const descriptor = openSame(path, facts);
  return descriptor === undefined ? undefined : new FilePieces(descriptor, { path, facts, parts });
}

/** Bytes that are there, and ranges of `content`. */
export function partsIn(content: Uint8Array, parts: readonly Part[]): Uint8Array[] {
  return parts.map((part) =>
    Buffer.isBuffer(part) ? part : content.subarray(part.start, part.end),
  );
}
