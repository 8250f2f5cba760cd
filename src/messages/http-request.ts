/** A request as handlers read it: a view of an environ that works nothing out before it is asked. */
import { judgeConditions } from "../static/validators.ts";
import { fieldsOf } from "../wsgi/environ-fields.ts";
import { decodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ } from "../wsgi/types.ts";
import { parseCookies } from "./cookies.ts";
import { readForm, readParts } from "./form.ts";
import { type FormLimits, formLimits } from "./form-limits.ts";
import type { FormPart } from "./form-part.ts";
import { HttpError } from "./http-error.ts";
import { isJson, type MediaType, parseMediaType } from "./media-type.ts";
import { preferredEncoding, preferredLanguage, preferredType } from "./negotiation.ts";
import { RequestBody } from "./request-body.ts";
import { fieldOf } from "./request-fields.ts";
import { hostOf, urlOf } from "./request-url.ts";

export interface BodyOptions {
  /** In bytes; 1 MiB if not given. */
  readonly limit?: number;
}

export interface JsonOptions extends BodyOptions {
  /** Whether a body that does not call itself JSON is refused, with 415; `false` if not given. */
  readonly strict?: boolean;
}

/** What tells it from others, as a response to GET says it. */
export interface CurrentVersion {
  readonly etag?: string;
  readonly lastModified?: string;
}

const DEFAULT_LIMIT = 1024 ** 2;

/** The body can be read once: whole, and then as often as wished, or in pieces. */
export class HttpRequest {
  readonly environ: Environ;
  #bodyOnce: RequestBody | undefined;
  #form: Promise<FormData> | undefined;
  #url: URL | undefined;
  #query: URLSearchParams | undefined;
  #headers: Headers | undefined;
  #cookies: ReadonlyMap<string, string> | undefined;

  constructor(environ: Environ) {
    this.environ = environ;
  }

  get method(): string {
    return this.environ.REQUEST_METHOD;
  }

  /** Below the mount, percent-decoded, as UTF-8; bytes that are no UTF-8 become U+FFFD. */
  get path(): string {
    return decodeUtf8(this.environ.PATH_INFO);
  }

  /** The whole URL, the mount included. @throws {HttpError} 400: the host is none */
  get url(): URL {
    this.#url ??= urlOf(this.environ);
    if (this.#url === undefined) throw new HttpError(400, "the Host field names no host");
    return this.#url;
  }

  /** What stands behind `?`, decoded as forms are (URL Standard §5.1). */
  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(decodeUtf8(this.environ.QUERY_STRING));
    return this.#query;
  }

  /** `http` or `https`, as the client asked where a trusted proxy stands between. */
  get scheme(): "http" | "https" {
    return this.environ["wsgi.url_scheme"];
  }

  /** With its port, unless that is the scheme's own. */
  get host(): string {
    return hostOf(this.environ);
  }

  /** The IP address of the client; undefined where it came over a Unix socket. */
  get clientAddress(): string | undefined {
    return this.environ.REMOTE_ADDR || undefined;
  }

  /** The value of a request header field; repeated ones are joined as RFC 9110 §5.3 joins them. */
  header(name: string): string | undefined {
    return fieldOf(this.environ, name);
  }

  /** All header fields: a copy, in which names are as the platform has them. */
  get headers(): Headers {
    this.#headers ??= new Headers(fieldsOf(this.environ));
    return this.#headers;
  }

  /** By name; of several with one name the first, whose path is the longest. */
  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= parseCookies(this.environ.HTTP_COOKIE);
    return this.#cookies;
  }

  /** The type of the body without its parameters, as `application/json`; undefined where none is said. */
  get mediaType(): string | undefined {
    return this.#type?.essence;
  }

  /** Of the body, in lower case. */
  get charset(): string | undefined {
    return this.#type?.parameters.get("charset")?.toLowerCase();
  }

  /** Aborts when the client has gone, or the server waits no longer; undefined where no server tells. */
  get signal(): AbortSignal | undefined {
    return this.environ["portico.closed"];
  }

  /** The id of the last event that an EventSource has got (HTML §9.2.3). */
  get lastEventId(): string | undefined {
    const id = this.environ.HTTP_LAST_EVENT_ID;
    return id === undefined ? undefined : decodeUtf8(id);
  }

  /** Which of these media types the client likes best; of equals the first. Undefined: none (406). */
  accepts(mediaTypes: readonly string[]): string | undefined {
    return preferredType(this.environ.HTTP_ACCEPT, mediaTypes);
  }

  /** Which of these language tags the client likes best, `en` for `en-GB` too. Undefined: none. */
  acceptsLanguages(tags: readonly string[]): string | undefined {
    return preferredLanguage(this.environ.HTTP_ACCEPT_LANGUAGE, tags);
  }

  /** Which of these content codings the client likes best; `identity` is one. Undefined: none. */
  acceptsEncodings(codings: readonly string[]): string | undefined {
    return preferredEncoding(this.environ.HTTP_ACCEPT_ENCODING, codings);
  }

  /**
   * Before a change: whether the client means the version that there is (`If-Match`, `If-None-Match`,
   * `If-Unmodified-Since`; RFC 9110 §13.2). Undefined: there is none yet.
   * @throws {HttpError} 412: somebody else was faster
   */
  mustMatch(current: CurrentVersion | undefined): void {
    const { etag, lastModified } = current ?? {};
    const isMet =
      current === undefined
        ? this.environ.HTTP_IF_MATCH === undefined
        : judgeConditions(this.environ, { etag, lastModified }) === "go-on";
    if (!isMet) throw new HttpError(412);
  }

  /** @throws {HttpError} 413: the body is longer than the limit */
  bytes({ limit = DEFAULT_LIMIT }: BodyOptions = {}): Promise<Uint8Array> {
    return this.#body.whole(limit);
  }

  /**
   * In the charset that is said, or UTF-8; what is none becomes U+FFFD.
   * @throws {HttpError} 413, as bytes(); 415: the charset is not known
   */
  async text(options: BodyOptions = {}): Promise<string> {
    const decoder = decoderFor(this.charset ?? "utf-8");
    return decoder.decode(await this.bytes(options));
  }

  /** @throws {HttpError} 400: no JSON, or no UTF-8; 413, as bytes(); 415, if it is asked for */
  async json({ strict = false, ...options }: JsonOptions = {}): Promise<unknown> {
    if (strict && !isJson(this.mediaType ?? "")) throw new HttpError(415, "the body is not JSON");
    const bytes = await this.bytes(options);
    try {
      // RFC 8259 §8.1: always UTF-8.
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (cause) {
      throw new HttpError(400, "the body is no valid JSON", { cause });
    }
  }

  /**
   * The fields and files of a form of either kind. Files are there until the request has been answered.
   * @throws {HttpError} 400: no valid form; 413: beyond a limit; 415: another kind of body
   */
  form(limits: Partial<FormLimits> = {}): Promise<FormData> {
    this.#form ??= readForm(this.#formRequest, formLimits(limits));
    return this.#form;
  }

  /**
   * The parts of a multipart form as they come; nothing of them is kept.
   * @throws {HttpError} as form()
   */
  parts(limits: Partial<FormLimits> = {}): AsyncGenerator<FormPart> {
    return readParts(this.#formRequest, formLimits(limits));
  }

  /** The body as it comes, without a limit of its own, in pieces of up to 64 KiB. */
  get body(): ReadableStream<Uint8Array> {
    return ReadableStream.from(this.#body.pieces(Number.POSITIVE_INFINITY));
  }

  get #body(): RequestBody {
    this.#bodyOnce ??= new RequestBody(this.environ);
    return this.#bodyOnce;
  }

  get #type(): MediaType | undefined {
    const field = this.environ.CONTENT_TYPE;
    return field === undefined ? undefined : parseMediaType(field);
  }

  get #formRequest(): { environ: Environ; body: RequestBody; mediaType: MediaType | undefined } {
    return { environ: this.environ, body: this.#body, mediaType: this.#type };
  }
}

/** @throws {HttpError} 415 */
function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch (cause) {
    throw new HttpError(415, `the charset ${JSON.stringify(charset)} is not known`, { cause });
  }
}
