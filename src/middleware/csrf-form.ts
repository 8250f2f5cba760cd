/** The token in a form: the body is read for it, and given again to the application. */
import { BytesInput, readBytes } from "../wsgi/bytes-input.ts";
import type { Environ, InputStream } from "../wsgi/types.ts";

/** A form that was read. */
export interface ReadForm {
  readonly token: string | undefined;
  /** The same body, for the application. */
  readonly input: InputStream;
}

const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/** Whether the request's body is a form. */
export function hasForm(environ: Environ): boolean {
  return FORM.test(environ.CONTENT_TYPE ?? "");
}

/** Reads a form; undefined where it is longer than `maxBytes`. */
export async function readForm(
  environ: Environ,
  field: string,
  maxBytes: number,
): Promise<ReadForm | undefined> {
  const length = environ["wsgi.input_terminated"] === true ? maxBytes + 1 : declared(environ);
  if (length > maxBytes + 1) return undefined;
  // Not every server ends the input where CONTENT_LENGTH says.
  const body = await readBytes(environ["wsgi.input"], length);
  if (body.length > maxBytes) return undefined;
  const token = await tokenIn(body, environ.CONTENT_TYPE ?? "", field);
  return { token, input: new BytesInput(body) };
}

function declared(environ: Environ): number {
  const length = environ.CONTENT_LENGTH ?? "";
  return /^[0-9]{1,15}$/.test(length) ? Number(length) : 0;
}

/** Undefined where there is none, or the body is not the form that it is said to be. */
async function tokenIn(
  body: Uint8Array,
  contentType: string,
  field: string,
): Promise<string | undefined> {
  try {
    const form = await new Response(body, { headers: { "Content-Type": contentType } }).formData();
    const token = form.get(field);
    return typeof token === "string" ? token : undefined;
  } catch {
    // The platform says no more than TypeError of a form that cannot be read: it has no token.
    return undefined;
  }
}
