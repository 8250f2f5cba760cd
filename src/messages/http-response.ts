/** A response as handlers make it: status, fields and content, nothing of it sent yet. */
import { FieldRole, fieldName, listElements } from "../http/fields.ts";
import { headerValue, removeHeader, setHeader } from "../wsgi/header-list.ts";
import type { HeaderList } from "../wsgi/types.ts";
import type { Content } from "./content.ts";
import { type CookieOptions, dependsOnScheme, setCookieField } from "./cookies.ts";

export interface ResponseOptions {
  /** 200 if not given. */
  readonly status?: number;
  readonly headers?: Fields;
}

/** Header fields, in any of the ways that programs have them. */
export type Fields = Readonly<Record<string, string>> | HeaderList | Headers;

/** A copy. */
export function fieldList(fields: Fields): HeaderList {
  // An object of the platform, or a Map, has none of its fields as properties.
  return Symbol.iterator in fields ? [...fields] : Object.entries(fields);
}

/** A cookie whose field is made when it is known whether the request came over https. */
interface LaterCookie {
  readonly field: HeaderList[number];
  readonly make: (isHttps: boolean) => string;
}

export class HttpResponse {
  status: number;
  readonly headers: HeaderList;
  content: Content;
  #laterCookies: LaterCookie[] | undefined;

  constructor(content: Content = null, { status = 200, headers = [] }: ResponseOptions = {}) {
    this.status = status;
    this.headers = fieldList(headers);
    this.content = content;
  }

  /**
   * A response of the platform, a constructed one or what `fetch` has got. Left out is what its fields
   * say of another connection (RFC 9110 §7.6.1), and of a coding that `fetch` has undone.
   */
  static from(response: Response): HttpResponse {
    const { status, body } = response;
    const isDecoded = wasDecoded(response);
    const headers: HeaderList = [...response.headers].filter(
      ([name]) =>
        isOfTheMessage(name) && !(isDecoded && /^content-(?:encoding|length)$/.test(name)),
    );
    return new HttpResponse(body, { status, headers });
  }

  /** The first value of a field. */
  header(name: string): string | undefined {
    return headerValue(this.headers, name);
  }

  setHeader(name: string, value: string): this {
    setHeader(this.headers, name, value);
    return this;
  }

  appendHeader(name: string, value: string): this {
    this.headers.push([name, value]);
    return this;
  }

  removeHeader(name: string): this {
    removeHeader(this.headers, name);
    return this;
  }

  /** @throws {CookieError} a browser would ignore the cookie, or read another one */
  setCookie(name: string, value: string, options: CookieOptions = {}): this {
    const make = (isHttps: boolean): string => setCookieField(name, value, options, isHttps);
    const field: HeaderList[number] = ["Set-Cookie", make(false)];
    this.headers.push(field);
    if (dependsOnScheme(name, options)) {
      this.#laterCookies ??= [];
      this.#laterCookies.push({ field, make });
    }
    return this;
  }

  /** Path and domain are part of a cookie's name: they must be those that it was set with. */
  deleteCookie(name: string, options: Pick<CookieOptions, "path" | "domain"> = {}): this {
    return this.setCookie(name, "", { ...options, maxAge: 0, expires: new Date(0) });
  }

  /** The fields as they are sent: a copy. */
  fieldsFor(scheme: "http" | "https"): HeaderList {
    const fields = this.headers.slice();
    if (scheme === "http" || this.#laterCookies === undefined) return fields;
    for (const { field, make } of this.#laterCookies) {
      const at = fields.indexOf(field);
      if (at >= 0) fields[at] = [field[0], make(true)];
    }
    return fields;
  }
}

export function text(content: string, options: ResponseOptions = {}): HttpResponse {
  return withType(TEXT, content, options);
}

export function html(content: string, options: ResponseOptions = {}): HttpResponse {
  return withType("text/html; charset=utf-8", content, options);
}

export interface JsonOptions extends ResponseOptions {
  /** Spaces to indent by; none if not given. */
  readonly indent?: number;
}

/** @throws {TypeError} the value holds itself, or a bigint */
export function json(value: unknown, { indent, ...options }: JsonOptions = {}): HttpResponse {
  return withType("application/json", JSON.stringify(value, null, indent) ?? "null", options);
}

/**
 * JSON that may stand in an HTML page, as `<script type="application/json">` or in a script: nothing in
 * it ends the element, or a line of JavaScript older than ES2019.
 * @throws {TypeError} as json()
 */
export function inlineJson(value: unknown): string {
  const escaped = (found: string): string =>
    `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return (JSON.stringify(value) ?? "null").replace(/[<>&\u2028\u2029]/g, escaped);
}

/** The type of text alone. */
export const TEXT = "text/plain; charset=utf-8";

function withType(mediaType: string, content: string, options: ResponseOptions): HttpResponse {
  const response = new HttpResponse(content, options);
  if (response.header("Content-Type") === undefined) {
    response.appendHeader("Content-Type", mediaType);
  }
  return response;
}

/** Fetch Standard, "handle content codings": those that Node.js knows; a list with another it leaves alone. */
const UNDONE_BY_FETCH: ReadonlySet<string> = new Set(["gzip", "x-gzip", "deflate", "br"]);

/** Its fields still speak of the coding. A response that was constructed has no URL. */
function wasDecoded({ url, body, headers }: Response): boolean {
  const codings = listElements(headers.get("content-encoding") ?? "");
  if (url === "" || body === null || codings.length === 0) return false;
  return codings.every((coding) => UNDONE_BY_FETCH.has(coding));
}

function isOfTheMessage(name: string): boolean {
  const role = fieldName(name)?.role;
  return (
    role !== FieldRole.HOP_BY_HOP &&
    role !== FieldRole.CONNECTION &&
    role !== FieldRole.TRANSFER_ENCODING
  );
}
