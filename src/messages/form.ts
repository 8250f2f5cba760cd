/** Forms, as browsers send them: `application/x-www-form-urlencoded` and `multipart/form-data`. */
import type { Environ } from "../wsgi/types.ts";
import { type FormLimits, tooLarge } from "./form-limits.ts";
import type { FormPart } from "./form-part.ts";
import { HttpError } from "./http-error.ts";
import type { MediaType } from "./media-type.ts";
import type { RequestBody } from "./request-body.ts";
import { type Uploads, uploadsOf } from "./uploads.ts";

const URL_ENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data";

/** A request, as far as forms have to do with it. */
export interface FormRequest {
  readonly environ: Environ;
  readonly body: RequestBody;
  readonly mediaType: MediaType | undefined;
}

/** @throws {HttpError} 400, 413 or 415 */
export async function readForm(request: FormRequest, limits: FormLimits): Promise<FormData> {
  const { environ, body, mediaType } = request;
  if (mediaType?.essence === URL_ENCODED) {
    return urlEncodedForm(await body.whole(Math.min(limits.fields, limits.total)), limits.parts);
  }
  const form = new FormData();
  const uploads = uploadsOf(environ);
  let fieldBytes = 0;
  for await (const part of readParts(request, limits)) {
    if (part.filename === undefined) {
      const value = await part.bytes();
      fieldBytes += part.name.length + value.length;
      if (fieldBytes > limits.fields) throw tooLarge("the fields of the form", limits.fields);
      form.append(part.name, Buffer.from(value).toString("utf8"));
    } else {
      form.append(part.name, await fileOf(part, uploads, limits));
    }
  }
  return form;
}

function fileOf(part: FormPart, uploads: Uploads, { memory }: FormLimits): Promise<File> {
  return uploads.keep(part, part, memory);
}

/** @throws {HttpError} 400: no boundary; 415: no multipart form; and as multipartParts() */
export async function* readParts(
  { body, mediaType }: FormRequest,
  limits: FormLimits,
): AsyncGenerator<FormPart> {
  if (mediaType?.essence !== MULTIPART) {
    throw new HttpError(415, `the body is no form (${URL_ENCODED} or ${MULTIPART})`);
  }
  const boundary = mediaType.parameters.get("boundary") ?? "";
  // RFC 2046 §5.1.1: 1 to 70 characters.
  if (boundary === "" || boundary.length > 70) {
    throw new HttpError(400, "the Content-Type has no boundary of 1 to 70 characters");
  }
  const { multipartParts } = await import("./multipart.ts");
  yield* multipartParts(body.pieces(limits.total), boundary, limits);
}

/** URL Standard §5.1. */
function urlEncodedForm(bytes: Uint8Array, maxParts: number): FormData {
  const text = Buffer.from(bytes).toString("utf8");
  const form = new FormData();
  let parts = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    parts += 1;
    if (parts > maxParts) throw tooLarge("the form", maxParts, "fields");
    form.append(name, value);
  }
  return form;
}
