/** A `Request` of which most is made when it is asked for: to make all of it costs more than many handlers. */
import { fieldsOf } from "../wsgi/environ-fields.ts";
import type { Environ } from "../wsgi/types.ts";
import { ClientSignal } from "./client-signal.ts";

/** What it is made of. */
export interface RequestParts {
  readonly environ: Environ;
  readonly url: string;
  readonly client: ClientSignal;
  /** The whole one; its fields are `headers`. */
  readonly make: (headers: Headers) => Request;
}

class LazyRequest {
  readonly #parts: RequestParts;
  #headers: Headers | undefined;
  #whole: Request | undefined;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  static wholeOf(request: LazyRequest): Request {
    request.#whole ??= request.#parts.make(request.headers);
    return request.#whole;
  }

  get url(): string {
    return this.#parts.url;
  }

  get method(): string {
    const { REQUEST_METHOD: method } = this.#parts.environ;
    return UPPER_CASE.test(method) ? method : LazyRequest.wholeOf(this).method;
  }

  get headers(): Headers {
    this.#headers ??= new Headers(fieldsOf(this.#parts.environ));
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#parts.client.signal;
  }
}

/** Fetch Standard, "normalize": other methods may be spelt otherwise. */
const UPPER_CASE = /^[A-Z]+$/;

/** All that it has not itself, the whole one has. */
function completePrototype(): void {
  const { prototype } = LazyRequest;
  const sample = new Request("http://localhost/");
  const members = Object.getOwnPropertyNames(Request.prototype) as (keyof Request)[];
  for (const name of members.filter((each) => !Object.hasOwn(prototype, each))) {
    const isMethod = typeof sample[name] === "function";
    Object.defineProperty(prototype, name, {
      get(this: LazyRequest) {
        const whole = LazyRequest.wholeOf(this);
        // Its methods ask for their own.
        return isMethod ? (whole[name] as () => unknown).bind(whole) : whole[name];
      },
    });
  }
  // Where the implementation keeps the state of a Request by symbols, another one can be made of this.
  for (const symbol of Object.getOwnPropertySymbols(sample)) {
    Object.defineProperty(prototype, symbol, {
      get(this: LazyRequest) {
        return Reflect.get(LazyRequest.wholeOf(this), symbol);
      },
    });
  }
  Object.setPrototypeOf(prototype, Request.prototype);
}

/** Undefined where the implementation takes no Request but those that it has made itself. */
export const makeLazyRequest: ((parts: RequestParts) => Request) | undefined = triedOut();

function triedOut(): ((parts: RequestParts) => Request) | undefined {
  completePrototype();
  // It has all members of one, and is one by its prototype.
  const make = (parts: RequestParts): Request => new LazyRequest(parts) as unknown as Request;
  const url = "http://localhost/tried";
  const environ = { REQUEST_METHOD: "POST" } as Environ;
  const client = new ClientSignal(undefined);
  const whole = (headers: Headers): Request => new Request(url, { method: "POST", headers });
  try {
    const copy = new Request(make({ environ, url, client, make: whole }), { headers: { a: "b" } });
    return copy.url === url && copy.method === "POST" ? make : undefined;
  } catch {
    // A newer implementation, which knows its own by private fields.
    return undefined;
  }
}
