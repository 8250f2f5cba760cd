/** PUT, PATCH and DELETE for clients that can only POST, as forms of HTML and some networks. */
import { fieldOf } from "../messages/request-fields.ts";
import { BytesInput, readBytes } from "../wsgi/bytes-input.ts";
import type { Environ, Middleware } from "../wsgi/types.ts";
import { OptionJudge } from "./option-error.ts";

export interface MethodOverrideOptions {
  /** The field that names the method; `X-HTTP-Method-Override` if not given. */
  readonly header?: string | false;
  /** The parameter of the query that does; none if not given. */
  readonly query?: string;
  /** The field of a form that does, where it comes as `application/x-www-form-urlencoded`; none if not given. */
  readonly field?: string;
  /** What may be named; PUT, PATCH and DELETE if not given. Anything else stays a POST. */
  readonly methods?: readonly string[];
  /** Bytes up to which a form is looked at; 65,536 if not given. */
  readonly maxFormBytes?: number;
}

/** RFC 9110 §9.2.1, and CONNECT: a POST that changes something must not look as if it did not. */
const NEVER = ["GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

const MAX_FORM_BYTES = 65_536;

const judge = new OptionJudge("methodOverride");

/**
 * Gives the application the method that a POST names; `environ["portico.original_method"]` is then `POST`.
 * What stands outside of it, a log or CSRF protection, sees the POST.
 *
 * @example
 * const application = methodOverride({ field: "_method" })(notes);
 *
 * @throws {OptionError} a method is none, or one that changes nothing
 */
export function methodOverride(options: MethodOverrideOptions = {}): Middleware {
  const { header = "X-HTTP-Method-Override", query, field } = options;
  const { methods = ["PUT", "PATCH", "DELETE"], maxFormBytes = MAX_FORM_BYTES } = options;
  if (header !== false) judge.mustBeToken("header", header);
  for (const method of methods) {
    judge.mustBeToken("methods", method);
    judge.must(!NEVER.includes(method), "methods", `has ${method}, which a POST must not become`);
  }
  judge.mustBeCount("maxFormBytes", maxFormBytes, "bytes");
  const named = (environ: Environ): string | undefined => {
    const sent = header === false ? undefined : fieldOf(environ, header);
    return sent ?? parameter(environ.QUERY_STRING, query);
  };
  const overridden = (environ: Environ, name: string | undefined): Environ => {
    const method = name?.toUpperCase() ?? "";
    if (!methods.includes(method)) return environ;
    return { ...environ, REQUEST_METHOD: method, "portico.original_method": "POST" };
  };
  return (application) => (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "POST") return application(environ, startResponse);
    const name = named(environ);
    const length = formLength(environ);
    if (name !== undefined || field === undefined || length === 0 || length > maxFormBytes) {
      return application(overridden(environ, name), startResponse);
    }
    return readBytes(environ["wsgi.input"], length).then((form) => {
      const read = { ...environ, "wsgi.input": new BytesInput(form) };
      const text = Buffer.from(form).toString("latin1");
      return application(overridden(read, parameter(text, field)), startResponse);
    });
  };
}

/** Bytes of a form that can be looked at before the application does; 0 for anything else. */
function formLength({ CONTENT_TYPE: type = "", CONTENT_LENGTH: length = "" }: Environ): number {
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
  return isForm && /^[0-9]+$/.test(length) ? Number(length) : 0;
}

function parameter(text: string, name: string | undefined): string | undefined {
  if (name === undefined || text === "") return undefined;
  return new URLSearchParams(text).get(name) ?? undefined;
}
