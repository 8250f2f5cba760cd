/** Answers with twenty megabytes, at once or piece by piece, or with how much it was sent. */
import type { Application } from "../../src/wsgi/types.ts";

const SIZE = 20 * 1024 * 1024;
const PIECE = 64 * 1024;

export const application: Application = (environ, startResponse) => {
  switch (environ.PATH_INFO) {
    case "/whole":
      startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
      return [Buffer.alloc(SIZE, "w")];
    case "/pieces":
      startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
      return pieces();
    default:
      return lengthOf(environ["wsgi.input"].read()).then((length) => {
        startResponse("200 OK", [["Content-Type", "text/plain"]]);
        return [Buffer.from(length)];
      });
  }
};

function* pieces(): Generator<Uint8Array> {
  for (let sent = 0; sent < SIZE; sent += PIECE) yield Buffer.alloc(PIECE, "p");
}

async function lengthOf(body: Promise<Uint8Array>): Promise<string> {
  return String((await body).length);
}
