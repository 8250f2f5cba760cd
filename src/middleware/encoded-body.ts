/** A body whose items leave compressed, each as soon as it is there. */
import { LendingBody, type LentPiece } from "../buffers/lent-pieces.ts";
import type { ContentCoding } from "../http/content-codings.ts";
import { LocalProtocolError } from "../http/errors.ts";
import type { ResponseBody } from "../wsgi/types.ts";
import { StreamEncoder } from "./stream-encoder.ts";
import { madeOf } from "./wrapped-body.ts";

export interface Encoding {
  readonly coding: ContentCoding;
  readonly level: number;
  /** What the application has said that there are, in bytes, if it has. */
  readonly length: number | undefined;
  /** Whether what follows belongs to another head, and so goes on as it is. */
  readonly wasReplaced: () => boolean;
}

/** What is made of one item at a time; a larger one leaves in parts. */
const STEP_BYTES = 65_536;

export function encodedBody(body: ResponseBody, encoding: Encoding): ResponseBody {
  const encoder = new StreamEncoder(encoding.coding, encoding.level);
  return madeOf(body, encodedItems(body, encoder, encoding), () => encoder.close());
}

async function* encodedItems(
  body: ResponseBody,
  encoder: StreamEncoder,
  { length, wasReplaced }: Encoding,
): AsyncGenerator<Uint8Array> {
  let left = length ?? Number.POSITIVE_INFINITY;
  for await (const { bytes, giveBack } of piecesOf(body)) {
    // What is no bytes is for the server to refuse.
    if (wasReplaced() || !(bytes instanceof Uint8Array) || bytes.length === 0) {
      yield bytes;
      continue;
    }
    // Past its length nothing is sent of a body that is not compressed, either.
    const end = Math.min(bytes.length, left);
    for (let at = 0; at < end; at += STEP_BYTES) {
      yield* await encoder.encode(bytes.subarray(at, Math.min(end, at + STEP_BYTES)));
    }
    left -= end;
    giveBack();
    if (left === 0) break;
  }
  if (wasReplaced()) return;
  if (length !== undefined && left > 0) {
    // Compressed, it would be taken for whole.
    throw new LocalProtocolError(`the body is ${left} bytes shorter than its Content-Length`);
  }
  yield* await encoder.end();
}

async function* piecesOf(body: ResponseBody): AsyncGenerator<LentPiece> {
  if (body instanceof LendingBody) yield* body.lend();
  else for await (const bytes of body) yield { bytes, giveBack: () => {} };
}
