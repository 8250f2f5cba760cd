/** Calls an application without a socket, as a client would see it. */

import type { ResponseWriter } from "../gateway/response-writer.ts";
import { runApplication } from "../gateway/run-application.ts";
import type { ResponseHead } from "../http/events.ts";
import { headerValue } from "../wsgi/header-list.ts";
import type { Application, HeaderList } from "../wsgi/types.ts";
import { type RequestOptions, testEnviron } from "./test-environ.ts";

/** What the application answered. */
export class TestResponse {
  readonly status: number;
  /** `200 OK`. */
  readonly statusLine: string;
  readonly headers: HeaderList;
  readonly bytes: Buffer;

  constructor({ statusCode, status, headers }: ResponseHead, bytes: Buffer) {
    this.status = statusCode;
    this.statusLine = status;
    this.headers = headers.map(([name, value]) => [name, value]);
    this.bytes = bytes;
  }

  /** The first value of a field. */
  header(name: string): string | undefined {
    return headerValue(this.headers, name);
  }

  get text(): string {
    return this.bytes.toString("utf8");
  }

  /** @throws {SyntaxError} the body is no JSON */
  json(): unknown {
    return JSON.parse(this.text);
  }
}

export interface Client {
  request(method: string, target: string, options?: RequestOptions): Promise<TestResponse>;
  get(target: string, options?: RequestOptions): Promise<TestResponse>;
  head(target: string, options?: RequestOptions): Promise<TestResponse>;
  post(target: string, options?: RequestOptions): Promise<TestResponse>;
  put(target: string, options?: RequestOptions): Promise<TestResponse>;
  patch(target: string, options?: RequestOptions): Promise<TestResponse>;
  delete(target: string, options?: RequestOptions): Promise<TestResponse>;
  options(target: string, options?: RequestOptions): Promise<TestResponse>;
}

/** A request rejects with what the application throws, as a server would log it. */
export function createClient(application: Application): Client {
  const request = async (
    method: string,
    target: string,
    options: RequestOptions = {},
  ): Promise<TestResponse> => {
    const writer = new CollectingWriter(method);
    await runApplication(application, testEnviron(method, target, options), writer);
    return writer.response();
  };
  const shorthand =
    (method: string) =>
    (target: string, options?: RequestOptions): Promise<TestResponse> =>
      request(method, target, options);
  return {
    request,
    get: shorthand("GET"),
    head: shorthand("HEAD"),
    post: shorthand("POST"),
    put: shorthand("PUT"),
    patch: shorthand("PATCH"),
    delete: shorthand("DELETE"),
    options: shorthand("OPTIONS"),
  };
}

class CollectingWriter implements ResponseWriter {
  readonly holdsBytes = false;
  readonly #method: string;
  readonly #chunks: Uint8Array[] = [];
  #head: ResponseHead | undefined;

  constructor(method: string) {
    this.#method = method;
  }

  get takesMoreData(): boolean {
    return this.#method !== "HEAD";
  }

  respond(head: ResponseHead, chunks: readonly Uint8Array[]): undefined {
    this.writeHead(head);
    for (const chunk of chunks) this.write(chunk);
  }

  writeHead(head: ResponseHead): void {
    this.#head = head;
  }

  write(chunk: Uint8Array): undefined {
    // A copy: the application may use its bytes again.
    if (this.takesMoreData) this.#chunks.push(chunk.slice());
  }

  end(): void {}

  response(): TestResponse {
    if (this.#head === undefined) throw new Error("the application answered nothing");
    return new TestResponse(this.#head, Buffer.concat(this.#chunks));
  }
}
