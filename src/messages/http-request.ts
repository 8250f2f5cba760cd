/** A request as handlers read it: a view of an environ that works nothing out before it is asked. */
import type { Environ } from "../wsgi/types.ts";

export class HttpRequest {
  readonly environ: Environ;

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

  /** The value of a request header field; repeated ones are joined as RFC 9110 §5.3 joins them. */
  header(name: string): string | undefined {
    return this.environ[metaVariable(name)];
  }
}

const FIELDS_WITHOUT_PREFIX: ReadonlySet<string> = new Set(["CONTENT_TYPE", "CONTENT_LENGTH"]);

function metaVariable(name: string): `HTTP_${string}` | "CONTENT_TYPE" {
  const upper = name.toUpperCase().replaceAll("-", "_");
  // The two that RFC 3875 §4.1 gives a name of their own; both are keys of an environ.
  if (FIELDS_WITHOUT_PREFIX.has(upper)) return upper as "CONTENT_TYPE";
  return `HTTP_${upper}`;
}

// What ASCII alone cannot show needs decoding.
const BEYOND_ASCII = /[\x80-\xff]/;

/** A native string's bytes as UTF-8 (PEP 3333, "Unicode Issues"). */
function decodeUtf8(native: string): string {
  return BEYOND_ASCII.test(native) ? Buffer.from(native, "latin1").toString("utf8") : native;
}
