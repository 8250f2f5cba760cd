/** What is wrong with options of static files, said in a sentence that names the option. */
import type { Fields, StaticFilesOptions } from "./static-files.ts";

/** Undefined where each has a meaning. */
export function problemOf(options: StaticFilesOptions): string | undefined {
  const { mediaTypes = {}, cache = {}, headers = {} } = options;
  const problems = [
    maxAgeProblem(options.maxAge ?? 0),
    ...[options.index ?? []].flat().map(indexProblem),
    ...(options.extensions ?? []).map(extensionProblem),
    ...Object.entries(cache).map(([limit, value]) => limitProblem(limit, value)),
    ...Object.entries(mediaTypes).map(([ending, type]) => mediaTypeProblem(ending, type)),
    typeof headers === "function" ? undefined : headersProblem(headers),
  ];
  return problems.find((problem) => problem !== undefined);
}

function maxAgeProblem(maxAge: number): string | undefined {
  if (Number.isSafeInteger(maxAge) && maxAge >= 0) return undefined;
  return `maxAge is ${maxAge}, not a whole number of seconds`;
}

function indexProblem(index: string): string | undefined {
  if (index !== "" && !/[/\\\0]/.test(index)) return undefined;
  return `index is ${JSON.stringify(index)}, not a file's name`;
}

function extensionProblem(extension: string): string | undefined {
  if (/^[^./\\\0][^/\\\0]*$/.test(extension)) return undefined;
  return `extensions has ${JSON.stringify(extension)}; an ending is like "html", without its dot`;
}

function limitProblem(limit: string, value: number): string | undefined {
  // NaN is less than nothing, too: of a setting that is missing it would keep no file at all.
  return value >= 0 ? undefined : `cache.${limit} is ${value}, not 0 or more`;
}

// RFC 9110 §8.3.1, without quoted strings.
const MEDIA_TYPE =
  /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:; ?[\w!#$%&'*+.^`|~-]+=[\w!#$%&'*+.^`|~-]+)*$/;

function mediaTypeProblem(ending: string, type: string): string | undefined {
  if (!/^\.[^./\\]+$/.test(ending) || ending !== ending.toLowerCase()) {
    return `mediaTypes has ${JSON.stringify(ending)}; an ending is like ".glsl", in small letters`;
  }
  if (MEDIA_TYPE.test(type)) return undefined;
  return `${JSON.stringify(type)}, for ${ending}, is no media type`;
}

/** What is worked out for each file, and would be wrong where somebody else said it. */
const OWN_FIELDS =
  /^(?:content-(?:type|length|encoding|range)|etag|last-modified|accept-ranges|transfer-encoding)$/i;

/** What can be no field at all is refused with the answer, by the server. */
export function headersProblem(headers: Fields): string | undefined {
  const own = Object.keys(headers).find((name) => OWN_FIELDS.test(name));
  if (own === undefined) return undefined;
  const remedy = /^content-type$/i.test(own) ? "; mediaTypes says it by ending" : "";
  return `headers has ${own}, which is worked out for each file${remedy}`;
}
