/** Answers with the body it was sent, in one piece or, with `?pieces`, in pieces. */

import type { Application } from "../../src/wsgi/types.ts";

const PIECE_BYTES = 50_000;

export const application: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [["Content-Type", environ.CONTENT_TYPE ?? "text/plain"]]);
  return environ.QUERY_STRING === "pieces" ? pieces(body) : [body];
};

function* pieces(body: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < body.length; start += PIECE_BYTES) {
    yield body.subarray(start, start + PIECE_BYTES);
  }
}
