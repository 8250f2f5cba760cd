/** One part of a multipart form: its name, and its bytes as they come. */
import type { Readable } from "node:stream";
import { decodeUtf8 } from "../wsgi/native-string.ts";
import { parametersOf, splitUnquoted } from "./field-parts.ts";
import { tooLarge } from "./form-limits.ts";
import { HttpError } from "./http-error.ts";

/** What the header fields of a part say (RFC 7578 §4.2). */
export interface PartHead {
  readonly name: string;
  /** Of a file, without directories; empty where a form was sent without one chosen. */
  readonly filename: string | undefined;
  /** Content-Type, or what stands for it: `text/plain`, of a file `application/octet-stream`. */
  readonly mediaType: string;
}

/** @throws {HttpError} 400: there is no Content-Disposition, or no name in it */
export function partHead(header: Readonly<Record<string, readonly string[]>>): PartHead {
  const [disposition = ""] = header["content-disposition"] ?? [];
  const [kind = "", ...parts] = splitUnquoted(disposition, ";");
  const parameters = parametersOf(parts);
  const name = parameters.get("name");
  if (kind.toLowerCase() !== "form-data" || name === undefined) {
    throw new HttpError(400, "a part of the form has no name");
  }
  const filename = parameters.get("filename");
  const [mediaType] = header["content-type"] ?? [];
  return {
    name: decoded(name),
    filename: filename === undefined ? undefined : baseName(decoded(filename)),
    mediaType: mediaType ?? (filename === undefined ? "text/plain" : "application/octet-stream"),
  };
}

/** HTML, "multipart/form-data encoding algorithm": quotes and line ends are escaped so, and nothing else. */
const ESCAPES: Readonly<Record<string, string>> = { "%22": '"', "%0D": "\r", "%0A": "\n" };

function decoded(native: string): string {
  return decodeUtf8(native).replace(
    /%(?:22|0D|0A)/gi,
    (found) => ESCAPES[found.toUpperCase()] ?? "",
  );
}

/** A path of the client's machine is nobody's business, and no path of this one. */
function baseName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name === "." || name === ".." ? "" : name;
}

/** To be read before the next part is asked for; what is left unread then is dropped. */
export class FormPart implements PartHead, AsyncIterable<Uint8Array> {
  readonly name: string;
  readonly filename: string | undefined;
  readonly mediaType: string;
  readonly #stream: Readable;
  readonly #limit: number;
  readonly #failure: () => unknown;
  #isTaken = false;

  /** `limit` is what the part may have, in bytes; `failure` what the body has failed with, if it has. */
  constructor(head: PartHead, stream: Readable, limit: number, failure: () => unknown) {
    this.name = head.name;
    this.filename = head.filename;
    this.mediaType = head.mediaType;
    this.#stream = stream;
    this.#limit = limit;
    this.#failure = failure;
  }

  /** @throws {HttpError} 413: it is longer than the limit; 400: the body ends within it */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#isTaken) {
      throw new TypeError(`the part ${JSON.stringify(this.name)} was read already`);
    }
    this.#isTaken = true;
    let size = 0;
    try {
      // The parser goes on with the next part when this one is at its end, and so it must come to it.
      for await (const bytes of this.#stream.iterator({ destroyOnReturn: false })) {
        size += bytes.length;
        if (size > this.#limit) {
          throw tooLarge(`the part ${JSON.stringify(this.name)}`, this.#limit);
        }
        yield bytes;
      }
    } catch (error) {
      // The parser's own word of it may come first, and says less.
      throw this.#failure() ?? error;
    }
  }

  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** As UTF-8 (RFC 7578 §5.1.2); what is none becomes U+FFFD. */
  async text(): Promise<string> {
    return Buffer.from(await this.bytes()).toString("utf8");
  }

  /** What is unread is dropped. */
  pass(): void {
    this.#isTaken = true;
    this.#stream.resume();
  }
}
