/** A request's body: encoded, and fed to whoever reads it. */
import { BodyStream } from "../gateway/input-stream.ts";
import { BytesInput } from "../wsgi/bytes-input.ts";
import type { InputStream } from "../wsgi/types.ts";
import type { Piece, RequestBody, RequestOptions, Values } from "./request-options.ts";

export interface EncodedBody {
  /** What the body says that it is; undefined where nothing does. */
  readonly type: string | undefined;
  readonly content: Uint8Array | AsyncIterable<Piece>;
}

/** @throws {TypeError} the body is said twice, or JSON has no words for it */
export async function encodeBody(options: RequestOptions): Promise<EncodedBody | undefined> {
  const { body, json, form, files } = options;
  const isForm = form !== undefined || files !== undefined;
  if ([body !== undefined, json !== undefined, isForm].filter(Boolean).length > 1) {
    throw new TypeError("a request has one body: give body, json, or form and files");
  }
  if (json !== undefined) {
    return { type: "application/json", content: Buffer.from(JSON.stringify(json), "utf8") };
  }
  if (isForm) return encodeBlob(formOf(form ?? {}, files ?? {}));
  return body === undefined ? undefined : encodeContent(body);
}

function encodeContent(body: RequestBody): EncodedBody | Promise<EncodedBody> {
  if (typeof body === "string") return { type: undefined, content: Buffer.from(body, "utf8") };
  if (body instanceof Uint8Array) return { type: undefined, content: body };
  if (Symbol.asyncIterator in body) return { type: undefined, content: body };
  return encodeBlob(body);
}

/** By the platform, which writes the boundary too. */
async function encodeBlob(body: Blob | FormData | URLSearchParams): Promise<EncodedBody> {
  const response = new Response(body);
  const type = response.headers.get("Content-Type") ?? undefined;
  return { type, content: new Uint8Array(await response.arrayBuffer()) };
}

function formOf(
  form: URLSearchParams | Values<Blob>,
  files: Readonly<Record<string, Blob | readonly Blob[]>>,
): FormData | URLSearchParams {
  const fields = form instanceof URLSearchParams ? [...form] : pairsOf(form);
  const attached = pairsOf<Blob>(files);
  if (attached.length === 0 && !fields.some(([, value]) => value instanceof Blob)) {
    return new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, String(value)]),
    );
  }
  const data = new FormData();
  for (const [name, value] of [...fields, ...attached]) {
    if (value instanceof Blob) data.append(name, value);
    else data.append(name, String(value));
  }
  return data;
}

/** One pair for each value, in order. */
export function pairsOf<Value>(
  values: Readonly<Record<string, Value | readonly Value[]>>,
): [name: string, value: Value][] {
  return Object.entries(values).flatMap(([name, given]) =>
    isSeveral(given) ? given.map((value): [string, Value] => [name, value]) : [[name, given]],
  );
}

/** `Array.isArray` does not tell a readonly array from a single value. */
function isSeveral<Value>(given: Value | readonly Value[]): given is readonly Value[] {
  return Array.isArray(given);
}

/** A `wsgi.input`, and who is told that nobody reads the rest of it. */
export interface TestInput {
  readonly input: InputStream;
  close(): Promise<void>;
}

export function inputOf(content: EncodedBody["content"]): TestInput {
  if (!(content instanceof Uint8Array)) return new PiecesInput(content);
  return { input: new BytesInput(content), close: () => Promise.resolve() };
}

/** Of pieces that are asked for when the application reads. */
class PiecesInput implements TestInput {
  readonly input: BodyStream = new BodyStream(() => void this.#feed());
  readonly #pieces: AsyncIterator<Piece>;
  #isFeeding = false;

  constructor(content: AsyncIterable<Piece>) {
    this.#pieces = content[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    this.input.discard();
    await this.#pieces.return?.();
  }

  async #feed(): Promise<void> {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    try {
      while (!this.input.isFull) {
        const { done, value } = await this.#pieces.next();
        if (done === true) {
          this.input.end();
          return;
        }
        this.input.push(typeof value === "string" ? Buffer.from(value, "utf8") : value);
      }
    } catch (error) {
      this.input.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isFeeding = false;
    }
  }
}
