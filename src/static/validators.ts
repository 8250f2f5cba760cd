/** Conditional requests (RFC 9110 §13): whether a client's copy, or its wish, still holds. */
import { httpDate } from "../http/date.ts";
import type { Environ, HeaderList } from "../wsgi/types.ts";

/** What tells one version of a representation from another. */
export interface Validators {
  /** An entity-tag as it is sent, quotes and `W/` included. */
  readonly etag: string;
  /** As it is sent. */
  readonly lastModified: string;
  /** Whether the file may change once more without a change of these (RFC 9110 §8.8.1). */
  readonly isWeak: boolean;
  /** Whether others of the same path may have the same date, which is weak then (RFC 9110 §8.8.1). */
  readonly hasSharedDate: boolean;
}

/** The fields of a request that make it conditional, under their names in an environ. */
export type Conditions = Pick<Environ, `HTTP_IF_${string}`>;

export type Verdict = "go-on" | "not-modified" | "precondition-failed";

/** Those of what somebody else has made, who may have said either, both or none. */
export interface GivenValidators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** RFC 9110 §13.2.2, steps 1 to 4, for GET and HEAD of what is there. */
export function judgeConditions(conditions: Conditions, is: GivenValidators): Verdict {
  const {
    HTTP_IF_MATCH: match,
    HTTP_IF_NONE_MATCH: noneMatch,
    HTTP_IF_MODIFIED_SINCE: modifiedSince,
    HTTP_IF_UNMODIFIED_SINCE: unmodifiedSince,
  } = conditions;
  if (match !== undefined) {
    if (!lists(match, is.etag, strongly)) return "precondition-failed";
  } else if (unmodifiedSince !== undefined) {
    if (wasModifiedSince(unmodifiedSince, is) === true) return "precondition-failed";
  }
  if (noneMatch !== undefined) {
    return lists(noneMatch, is.etag, weakly) ? "not-modified" : "go-on";
  }
  if (modifiedSince === undefined) return "go-on";
  return wasModifiedSince(modifiedSince, is) === false ? "not-modified" : "go-on";
}

/** RFC 9110 §13.1.5: whether the parts that a client has are of this very version. */
export function rangeHolds(ifRange: string | undefined, is: Validators): boolean {
  if (ifRange === undefined) return true;
  if (is.isWeak) return false;
  return ifRange === is.etag || (ifRange === is.lastModified && !is.hasSharedDate);
}

// RFC 9110 §8.8.3: entity-tag = [ weak ] opaque-tag
const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function lists(
  field: string,
  etag: string | undefined,
  areEqual: (one: string, other: string) => boolean,
): boolean {
  if (field === "*") return true;
  if (etag === undefined) return false;
  if (areEqual(field, etag)) return true;
  return (field.match(ENTITY_TAG) ?? []).some((listed) => areEqual(listed, etag));
}

/** RFC 9110 §8.8.3.2. */
function strongly(one: string, other: string): boolean {
  return one === other && !one.startsWith("W/");
}

function weakly(one: string, other: string): boolean {
  return one === other || opaque(one) === opaque(other);
}

function opaque(etag: string): string {
  return etag.startsWith("W/") ? etag.slice(2) : etag;
}

/** Undefined where one of the two is no date, and the field to be ignored (RFC 9110 §13.1.3 and §13.1.4). */
function wasModifiedSince(field: string, { lastModified }: GivenValidators): boolean | undefined {
  if (lastModified === undefined) return undefined;
  if (field === lastModified) return false;
  const since = httpDate(field, Date.now());
  const modified = httpDate(lastModified, Date.now());
  return since === undefined || modified === undefined ? undefined : modified > since;
}

/** RFC 9110 §15.4.5: what speaks of the content would speak of none. */
const OF_CONTENT =
  /^content-(?:type|length|encoding|language|range|disposition|digest|md5)$|^(?:repr-)?digest$|^accept-ranges$/i;

/** The fields of a 304, of those that the whole would have had. */
export function withoutContent(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !OF_CONTENT.test(name));
}
