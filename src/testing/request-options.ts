/** What can be said of a request that nobody sends. */
import type { HeaderList } from "../wsgi/types.ts";

export type Fields = Readonly<Record<string, string>> | HeaderList;

/** Text is UTF-8. */
export type Piece = string | Uint8Array;

/** What comes piece by piece is sent in chunks, as the application reads it. */
export type RequestBody = Piece | Blob | FormData | URLSearchParams | AsyncIterable<Piece>;

type Value = string | number | boolean;

/** Several values of one name follow one another. */
export type Values<Extra = never> = Readonly<
  Record<string, Value | Extra | readonly (Value | Extra)[]>
>;

/** Said once of a client, or of one request, where it comes before what the client says. */
export interface ClientOptions {
  /** Name and port as `Host` has them; `localhost` if not given. */
  readonly host?: string;
  /** `http` if not given. */
  readonly scheme?: "http" | "https";
  /** The path below which the application is mounted: `/shop`. The root if not given. */
  readonly scriptName?: string;
  /** Fields of every request; one request's own come in the place of those with their names. */
  readonly headers?: Fields;
  /** Variables of the environ, whatever the request says. */
  readonly environ?: Readonly<Record<string, unknown>>;
  /** Redirects that are followed, as long as they stay on the host; 0 if not given. */
  readonly redirects?: number;
  /** Whether what the application throws is answered, as a server does, with 500; `false` if not given. */
  readonly catchErrors?: boolean;
  /** Whether a request rejects that shows that the application breaks the contract; `true` if not given. */
  readonly lint?: boolean;
}

export interface RequestOptions extends ClientOptions {
  readonly body?: RequestBody;
  /** The body as JSON. */
  readonly json?: unknown;
  /** The body as a form; with a `Blob` or a `File` among the values as `multipart/form-data`. */
  readonly form?: URLSearchParams | Values<Blob>;
  /** Files of a form, beside `form`. */
  readonly files?: Readonly<Record<string, Blob | readonly Blob[]>>;
  /** Behind what the target has of a query. */
  readonly query?: string | URLSearchParams | Values;
  /** The client leaves when it aborts, and the request rejects with its reason. */
  readonly signal?: AbortSignal;
}
