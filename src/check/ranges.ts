/** Whether a 206 holds what it says that it holds (RFC 9110 §15.3.7). */
import type { Answer } from "../client/client-connection.ts";
import { fieldValue } from "../client/field-list.ts";
import type { Visitor } from "./visitor.ts";

const RANGES = ["bytes=0-3", "bytes=-2", "bytes=2-", "bytes=99999999-", "bytes=0-0,2-2", "lines=1"];

export async function ranges(visitor: Visitor, path: string): Promise<void> {
  for (const range of RANGES) {
    const answer = await visitor.ask("GET", path, { fields: [["Range", range]] });
    const problem = answer?.status === 206 ? problemOf(answer) : undefined;
    if (problem !== undefined) {
      visitor.find("partial-content", `206 to Range: ${range}, ${problem}`, `GET ${path}`);
    }
  }
}

function problemOf({ fields, body }: Answer): string | undefined {
  if (/^multipart\/byteranges\b/i.test(fieldValue(fields, "Content-Type") ?? "")) return undefined;
  const field = fieldValue(fields, "Content-Range");
  if (field === undefined) return "without Content-Range";
  const [, first, last] = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(field) ?? [];
  if (first === undefined) return `whose Content-Range is ${JSON.stringify(field)}`;
  const size = Number(last) - Number(first) + 1;
  if (body.length === size) return undefined;
  return `whose Content-Range is ${JSON.stringify(field)} and whose body has ${body.length} bytes`;
}
