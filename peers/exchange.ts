/** One request and the answer that is right for it: made, read to its end and judged. */
import { createHash } from "node:crypto";
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
  | { readonly bytes: number; readonly sha256: string }
  /** For a page that is not the same each time: within its first characters. */
  | { readonly containing: string };

interface Answer {
  readonly status: number | undefined;
  readonly bytes: number;
  readonly sha256: string;
  /** The first characters, at most so many. */
  readonly start: string;
}

const startCharacters = 65_536;
const quotedCharacters = 500;

/** The body that is this piece so many times. */
export function repeated(piece: Buffer, times: number): ExpectedBody {
  const hash = createHash("sha256");
  for (let i = 0; i < times; i += 1) hash.update(piece);
  return { bytes: piece.length * times, sha256: hash.digest("hex") };
}

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

function isExpected({ bytes, sha256, start }: Answer, expected: ExpectedBody): boolean {
  if (typeof expected === "string") return start === expected && bytes === expected.length;
  if ("containing" in expected) return start.includes(expected.containing);
  return bytes === expected.bytes && sha256 === expected.sha256;
}

function fetchWhole(port: number, exchange: Exchange, longest: number): Promise<Answer> {
  const { method = "GET", path, headers, sentBytes } = exchange;
  const body = sentBytes === undefined ? undefined : Buffer.alloc(sentBytes, "x");
  const length = body === undefined ? {} : { "Content-Length": body.length };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, agent: false, timeout: longest };
    const sent = request({ ...options, headers: { ...headers, ...length } }, (response) => {
      const hash = createHash("sha256");
      let bytes = 0;
      let start = "";
      response.on("data", (chunk: Buffer) => {
        hash.update(chunk);
        bytes += chunk.length;
        if (start.length < startCharacters) start += chunk.toString("latin1");
      });
      response.on("end", () => {
        const status = response.statusCode;
        resolve({ status, bytes, sha256: hash.digest("hex"), start });
      });
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`${path} gave no answer in time`)));
    sent.on("error", reject);
    sent.end(body);
  });
}
