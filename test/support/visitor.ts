/** One visitor of a site: keeps its cookies and its connection, and remembers every answer. */

import { type FieldList, fieldValue, fieldValues } from "../../src/client/field-list.ts";
import { RawConnection, type RawRequest, type RawResponse } from "./raw-client.ts";
import type { RequestBody } from "./request-body.ts";

export interface Answer extends RawResponse {
  /** The request's method and target, for messages. */
  readonly request: string;
  /** The body read as UTF-8. */
  readonly text: string;
  /** The value of the first field of that name. */
  field(name: string): string | undefined;
  /** The values of all fields of that name. */
  allFields(name: string): readonly string[];
}

/** The name of the site in requests, so that absolute URLs in answers hold no port. */
const HOST = "site.example";

export class Visitor {
  readonly answers: Answer[] = [];
  readonly #port: number;
  readonly #cookies = new Map<string, string>();
  #connection: RawConnection | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  get(target: string, fields: FieldList = []): Promise<Answer> {
    return this.send("GET", target, fields);
  }

  head(target: string, fields: FieldList = []): Promise<Answer> {
    return this.send("HEAD", target, fields);
  }

  post(target: string, body: RequestBody, fields: FieldList = []): Promise<Answer> {
    return this.send("POST", target, [...body.fields, ...fields], body.bytes);
  }

  async send(
    method: string,
    target: string,
    fields: FieldList = [],
    body: Buffer = Buffer.alloc(0),
  ): Promise<Answer> {
    const own: FieldList = [["Host", HOST], ...this.#cookieFields()];
    const response = await this.#exchange({ method, target, fields: [...own, ...fields], body });
    for (const cookie of fieldValues(response.fields, "set-cookie")) this.#keepCookie(cookie);
    const answer: Answer = {
      ...response,
      request: `${method} ${target}`,
      text: response.body.toString("utf8"),
      field: (name) => fieldValue(response.fields, name),
      allFields: (name) => fieldValues(response.fields, name),
    };
    this.answers.push(answer);
    return answer;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  leave(): void {
    this.#connection?.close();
  }

  async #exchange(request: RawRequest): Promise<RawResponse> {
    if (this.#connection?.usable !== true) {
      this.#connection = await RawConnection.open(this.#port);
    }
    return this.#connection.exchange(request);
  }

  #cookieFields(): FieldList {
    if (this.#cookies.size === 0) return [];
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    return [["Cookie", pairs.join("; ")]];
  }

  /** Every cookie here is for the whole site, so that Path and Domain need no attention. */
  #keepCookie(line: string): void {
    const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    const age = /;\s*max-age=(-?\d+)/i.exec(line)?.[1];
    const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
    const past = expires !== undefined && Date.parse(expires) <= Date.now();
    if (age === undefined ? past : Number(age) <= 0) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
