/** One request and the answer that is right for it: made, read to its end and judged. */
import { request } from "node:http";

export interface Exchange {
  readonly path: string;
  /** GET if it is absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the letter x in the request's body; none if it is absent. */
  readonly sentBytes?: number;
  /** What the answer's body is to be; its status is to be 200. */
  readonly body: ExpectedBody;
}

export type ExpectedBody =
  | string
  /** This piece so many times. */
  | { readonly piece: Buffer; readonly times: number }
  /** For a page that is not the same each time: within its first characters. */
  | { readonly containing: string };

interface Answer {
  readonly status: number | undefined;
  readonly bytes: number;
  /** The first characters, at most so many. */
  readonly start: string;
  /** Whether the body is what was expected, as far as it repeats a piece. */
  readonly repeats: boolean;
}

const startCharacters = 65_536;
const quotedCharacters = 500;

/**
 * Makes the request on a connection of its own.
 * @throws when the answer is not the expected one, or nothing comes for so many milliseconds.
 */
export async function verifyExchange(
  port: number,
  exchange: Exchange,
  longest: number,
): Promise<void> {
  const answer = await fetchWhole(port, exchange, longest);
  if (answer.status === 200 && isExpected(answer, exchange.body)) return;
  const start = JSON.stringify(answer.start.slice(0, quotedCharacters));
  throw new Error(
    `${exchange.method ?? "GET"} ${exchange.path} was answered with ` +
      `status ${answer.status} and ${answer.bytes} bytes: ${start}`,
  );
}

function isExpected({ bytes, start, repeats }: Answer, expected: ExpectedBody): boolean {
  if (typeof expected === "string") return start === expected && bytes === expected.length;
  if ("containing" in expected) return start.includes(expected.containing);
  return repeats && bytes === expected.piece.length * expected.times;
}

function fetchWhole(port: number, exchange: Exchange, longest: number): Promise<Answer> {
  const { method = "GET", path, headers, sentBytes, body } = exchange;
  const upload = sentBytes === undefined ? undefined : Buffer.alloc(sentBytes, "x");
  const length = upload === undefined ? {} : { "Content-Length": upload.length };
  const piece = typeof body === "object" && "piece" in body ? body.piece : undefined;
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, agent: false, timeout: longest };
    const sent = request({ ...options, headers: { ...headers, ...length } }, (response) => {
      let bytes = 0;
      let start = "";
      let repeats = true;
      response.on("data", (chunk: Buffer) => {
        if (start.length < startCharacters) start += chunk.toString("latin1");
        if (piece !== undefined) repeats &&= continues(piece, bytes, chunk);
        bytes += chunk.length;
      });
      response.on("end", () => resolve({ status: response.statusCode, bytes, start, repeats }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`${path} gave no answer in time`)));
    sent.on("error", reject);
    sent.end(upload);
  });
}

/** Whether the chunk is what follows so many bytes of a piece that is repeated for ever. */
function continues(piece: Buffer, before: number, chunk: Buffer): boolean {
  for (let at = 0; at < chunk.length; ) {
    const from = (before + at) % piece.length;
    const rest = piece.subarray(from, from + chunk.length - at);
    if (!chunk.subarray(at, at + rest.length).equals(rest)) return false;
    at += rest.length;
  }
  return true;
}
