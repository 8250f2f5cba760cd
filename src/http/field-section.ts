/** The header fields of one request, and what of them decides how the request is read. */
import { HOST, NOT_IN_FIELD_VALUE } from "./abnf.ts";
import { RemoteProtocolError } from "./errors.ts";
import type { Framing, RequestHead } from "./events.ts";
import {
  type FieldName,
  FieldRole,
  fieldName,
  type HeaderMap,
  listElements,
  trimOws,
} from "./fields.ts";
import { requestFraming } from "./framing.ts";
import type { HttpVersion } from "./request-line.ts";

/** Fields that were checked together, once and for all: nothing changes them any more. */
export type CheckedFields = Pick<
  RequestHead,
  | "names"
  | "values"
  | "framing"
  | "host"
  | "keepAlive"
  | "expectsContinue"
  | "isForwarded"
  | "repeatsFields"
  | "upgrade"
>;

export class FieldSection {
  readonly #headerMap: HeaderMap;
  readonly #names: FieldName[] = [];
  readonly #values: string[] = [];
  #host: string | undefined;
  #contentLength: string | undefined;
  #transferEncoding: string | undefined;
  #connection: string | undefined;
  #expect: string | undefined;
  #upgrade: string | undefined;
  #isForwarded = false;
  /** Those of all names so far. */
  #marks = 0;
  #repeatsFields = false;

  constructor(headerMap: HeaderMap = "drop") {
    this.#headerMap = headerMap;
  }

  get length(): number {
    return this.#names.length;
  }

  /**
   * Adds the field line of `text` between `start` and the CR at `end` (RFC 9112 §5).
   * @throws {RemoteProtocolError} 400: no field line, or a field that may stand only once, again
   */
  add(text: string, start: number, end: number): void {
    const colon = text.indexOf(":", start);
    // A space before the colon, and a line that begins with one (obs-fold), make no token either.
    const name = colon === -1 || colon > end ? undefined : fieldName(text.slice(start, colon));
    if (name === undefined) {
      throw new RemoteProtocolError("field-line");
    }
    const value = trimOws(text, colon + 1, end);
    if (NOT_IN_FIELD_VALUE.test(value)) {
      throw new RemoteProtocolError("field-value", name.lower);
    }
    if (name.role !== FieldRole.PLAIN) this.#learn(name, value);
    if ((this.#marks & name.mark) !== 0) this.#repeatsFields ||= this.#has(name.metaVariable);
    this.#marks |= name.mark;
    this.#names.push(name);
    this.#values.push(value);
  }

  /**
   * What all fields together say to a request of this version.
   * @throws {RemoteProtocolError} 400, 417 or 501
   */
  checked(version: HttpVersion): CheckedFields {
    const framing = this.#framing(version);
    return {
      names: this.#names,
      values: this.#values,
      framing,
      host: this.#hostFor(version),
      keepAlive: this.#keepAlive(version),
      expectsContinue: this.#expectsContinue(version),
      isForwarded: this.#isForwarded,
      repeatsFields: this.#repeatsFields,
      upgrade: this.#upgradeFrom(version, framing),
    };
  }

  #has(metaVariable: FieldName["metaVariable"]): boolean {
    return this.#names.some((name) => name.metaVariable === metaVariable);
  }

  #learn(name: FieldName, value: string): void {
    switch (name.role) {
      case FieldRole.HOST:
        this.#host = once(this.#host, name, value);
        return;
      case FieldRole.CONTENT_LENGTH:
        this.#contentLength = once(this.#contentLength, name, value);
        return;
      case FieldRole.TRANSFER_ENCODING:
        // A comma list may span lines; two codings are never served, but 501 is for lists.
        this.#transferEncoding = joined(this.#transferEncoding, value);
        return;
      case FieldRole.CONNECTION:
        this.#connection = joined(this.#connection, value);
        return;
      case FieldRole.EXPECT:
        this.#expect = joined(this.#expect, value);
        return;
      case FieldRole.HOP_BY_HOP:
        if (name.lower === "upgrade") this.#upgrade = joined(this.#upgrade, value);
        return;
      case FieldRole.SINGLETON:
        // Two spellings of one name have two records.
        if (this.#names.some((other) => other.lower === name.lower)) throw repeated(name);
        return;
      case FieldRole.FORWARDED:
        this.#isForwarded = true;
        return;
      case FieldRole.UNDERSCORE:
      case FieldRole.IMPOSTOR:
        if (this.#headerMap === "refuse") throw new RemoteProtocolError("underscore", name.lower);
        return;
      default:
    }
  }

  /** RFC 9112 §6.3 */
  #framing(version: HttpVersion): Framing {
    return requestFraming(version, this.#contentLength, this.#transferEncoding);
  }

  /** RFC 9112 §3.2: exactly one valid Host in HTTP/1.1, at most one in HTTP/1.0. */
  #hostFor(version: HttpVersion): string | undefined {
    if (this.#host === undefined) {
      if (version === "HTTP/1.1") throw new RemoteProtocolError("no-host");
      return undefined;
    }
    if (!HOST.test(this.#host)) throw new RemoteProtocolError("host");
    return this.#host;
  }

  /** RFC 9112 §9.3: `close` decides, then `keep-alive`, then the version. */
  #keepAlive(version: HttpVersion): boolean {
    const isLasting = version === "HTTP/1.1";
    if (this.#connection === undefined) return isLasting;
    if (this.#connection === "keep-alive") return true;
    const options = listElements(this.#connection);
    return !options.includes("close") && (isLasting || options.includes("keep-alive"));
  }

  /** RFC 9110 §7.8: only in HTTP/1.1, and only where the Connection field says so too. */
  #upgradeFrom(version: HttpVersion, { kind }: Framing): string | undefined {
    if (this.#upgrade === undefined || version !== "HTTP/1.1" || kind !== "none") return undefined;
    const options = listElements(this.#connection ?? "");
    return options.includes("upgrade") && !options.includes("close") ? this.#upgrade : undefined;
  }

  /** RFC 9110 §10.1.1; an expectation of an HTTP/1.0 client is ignored. */
  #expectsContinue(version: HttpVersion): boolean {
    if (this.#expect === undefined || version === "HTTP/1.0") return false;
    const expectations = listElements(this.#expect);
    if (expectations.every((expectation) => expectation === "100-continue")) {
      return expectations.length > 0;
    }
    throw new RemoteProtocolError("expectation");
  }
}

function joined(known: string | undefined, value: string): string {
  return known === undefined ? value : `${known},${value}`;
}

function once(known: string | undefined, name: FieldName, value: string): string {
  if (known !== undefined) throw repeated(name);
  return value;
}

function repeated(name: FieldName): RemoteProtocolError {
  return new RemoteProtocolError("repeated-field", name.lower);
}
