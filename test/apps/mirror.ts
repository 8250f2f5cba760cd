/** Answers with what it was asked; the query string is `status,form,padding` of the answer. */
import { createHash } from "node:crypto";
import type {
  Application,
  Environ,
  HeaderList,
  ResponseBody,
  StartResponse,
} from "../../src/wsgi/types.ts";

const NAMES = ["CONTENT_TYPE", "PATH_INFO", "REMOTE_ADDR", "REQUEST_METHOD", "REQUEST_URI"];
const PIECE_BYTES = 5_000;

export const application: Application = (environ, startResponse) => {
  if (environ.CONTENT_TYPE === undefined) return answer(environ, startResponse, Buffer.alloc(0));
  return environ["wsgi.input"].read().then((sent) => answer(environ, startResponse, sent));
};

function answer(environ: Environ, startResponse: StartResponse, sent: Uint8Array): ResponseBody {
  const [status, form, padding] = environ.QUERY_STRING.split(",");
  const lines = Object.entries(environ)
    .filter(([name]) => NAMES.includes(name) || name.startsWith("HTTP_"))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  lines.push(`${sent.length} ${createHash("sha256").update(sent).digest("hex")}`);
  const body = Buffer.from(lines.join("\n") + ".".repeat(Number(padding)), "latin1");
  const headers: HeaderList = [["Content-Type", "text/plain"]];
  if (environ.HTTP_COOKIE !== undefined) headers.push(["Set-Cookie", environ.HTTP_COOKIE]);
  if (form === "length") headers.push(["Content-Length", String(body.length)]);
  startResponse(`${status} As Told`, headers);
  headers.push(["X-Late", "told after start_response"]);
  if (form === "whole" || form === "length") return [body];
  const pieces: Buffer[] = [];
  for (let start = 0; start < body.length; start += PIECE_BYTES) {
    pieces.push(body.subarray(start, start + PIECE_BYTES));
  }
  return form === "pieces" ? pieces : pieces.values();
}
