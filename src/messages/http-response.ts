/** A response as handlers make it: status, fields and content, nothing of it sent yet. */
import { headerValue, setHeader } from "../wsgi/header-list.ts";
import type { HeaderList, ResponseBody } from "../wsgi/types.ts";

/** Text is sent as UTF-8; a stream is sent as it comes. */
export type Content = string | Uint8Array | ResponseBody | null;

export interface ResponseOptions {
  /** 200 if not given. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>> | HeaderList;
}

export class HttpResponse {
  status: number;
  readonly headers: HeaderList;
  content: Content;

  constructor(content: Content = null, { status = 200, headers = [] }: ResponseOptions = {}) {
    this.status = status;
    this.headers = Array.isArray(headers) ? headers.slice() : Object.entries(headers);
    this.content = content;
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
}

export function text(content: string, options: ResponseOptions = {}): HttpResponse {
  return withType("text/plain; charset=utf-8", content, options);
}

export function html(content: string, options: ResponseOptions = {}): HttpResponse {
  return withType("text/html; charset=utf-8", content, options);
}

/** @throws {TypeError} the value holds itself, or a bigint */
export function json(value: unknown, options: ResponseOptions = {}): HttpResponse {
  return withType("application/json", JSON.stringify(value) ?? "null", options);
}

function withType(mediaType: string, content: string, options: ResponseOptions): HttpResponse {
  const response = new HttpResponse(content, options);
  if (response.header("Content-Type") === undefined) response.setHeader("Content-Type", mediaType);
  return response;
}
