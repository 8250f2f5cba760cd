/** What a client without a socket sees of an answer before its body, and what became of the call. */
import type { ResponseHead } from "../http/events.ts";
import { headerValue } from "../wsgi/header-list.ts";
import type { Finding } from "../wsgi/lint/finding.ts";
import type { HeaderList } from "../wsgi/types.ts";

/** What became of one call of the application, beside its answer. */
export interface CallReport {
  /** The URL that was asked for, behind all redirects. */
  readonly url: string;
  /** The fields of each `103 Early Hints`. */
  readonly earlyHints: readonly HeaderList[];
  /** What the application wrote to `wsgi.errors`; that of a Python application is in its engine's log. */
  readonly errors: string;
  /** What lint found, that which a request rejects for and that which it does not. */
  readonly findings: readonly Finding[];
  /** What the application threw, where that is answered with 500 (`catchErrors`). */
  readonly error: unknown;
}

/** Status and fields of an answer. */
export class AnswerHead {
  readonly status: number;
  /** `200 OK`. */
  readonly statusLine: string;
  readonly headers: HeaderList;

  constructor({ statusCode, status, headers }: ResponseHead) {
    this.status = statusCode;
    this.statusLine = status;
    this.headers = headers.map(([name, value]) => [name, value]);
  }

  /** The first value of a field. */
  header(name: string): string | undefined {
    return headerValue(this.headers, name);
  }

  /** All values of a field, as `Set-Cookie` may have them. */
  headerValues(name: string): string[] {
    const lower = name.toLowerCase();
    return this.headers.filter(([each]) => each.toLowerCase() === lower).map(([, value]) => value);
  }
}
