/** What is asked of a site in trouble, and what may become of it. Pure. */
import { createHash } from "node:crypto";
import type { Answer } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import type { Random } from "../fuzz/random.ts";

type Usual = "plain" | "slow" | "stream" | "large" | "upload" | "raise";
type Deadly = "hog" | "abort" | "late" | "stubborn" | "unclosed";
type Kind = Usual | Deadly;

const USUAL: readonly Usual[] = ["plain", "plain", "slow", "stream", "large", "upload", "raise"];
/** The last three take longer than a request may: to be interrupted, in spite of that, and once answered. */
const DEADLY: readonly Deadly[] = ["hog", "abort", "late", "stubborn", "unclosed"];

export interface Asked {
  readonly kind: Kind;
  /** Its own: no other request has it. */
  readonly name: string;
  readonly body: Buffer;
}

/** More than waits in memory, so that some uploads go to the disk. */
const LARGEST_UPLOAD = 1_600_000;

export function makeRequest(name: string, random: Random, isCalm: boolean): Asked {
  const kind = random.pick(!isCalm && random.oneIn(150) ? DEADLY : USUAL);
  const size = kind === "upload" ? 1 + random.below(LARGEST_UPLOAD) : 0;
  return { kind, name, body: Buffer.alloc(size, name) };
}

export function expectedBody({ kind, name, body }: Asked): Buffer {
  const text = kind === "upload" ? createHash("sha1").update(body).digest("hex") : name;
  return Buffer.from(`${text}\n`.repeat(kind === "large" ? 20_000 : 5));
}

/** How an answer is clean though it is no success: the status says who failed. */
const CLEAN_ERRORS = [500, 502, 503, 504];

/** What is wrong with an answer; undefined where nothing is. */
export function fault(asked: Asked, answer: Answer): string | undefined {
  const { status, body, isWhole, fields } = answer;
  if (status !== 200) {
    if (!isWhole) return `a ${status} that is cut`;
    if (!CLEAN_ERRORS.includes(status)) return `status ${status}`;
    if (status === 500 && asked.kind !== "raise") return "500 though it raised nothing";
    return undefined;
  }
  if (fieldValue(fields, "x-name") !== asked.name) return "the answer to another request";
  const expected = expectedBody(asked);
  if (isWhole) return body.equals(expected) ? undefined : `${body.length} other bytes`;
  // Cut, so that its client sees that it is: nothing of another's may be in it.
  return expected.subarray(0, body.length).equals(body) ? undefined : "cut, with others' bytes";
}
