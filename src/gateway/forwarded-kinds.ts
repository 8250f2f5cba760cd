/** What a proxy can say of a request, and which fields say it. */

/** Each by the last word of its X-Forwarded field. */
export const FORWARDED_KINDS = ["for", "proto", "host", "port", "prefix"] as const;

export type ForwardedKind = (typeof FORWARDED_KINDS)[number];

const KINDS_OF_FIELD: Readonly<Record<string, readonly ForwardedKind[]>> = {
  forwarded: ["for", "proto", "host"],
  "x-forwarded-for": ["for"],
  "x-forwarded-proto": ["proto"],
  "x-forwarded-protocol": ["proto"],
  "x-forwarded-ssl": ["proto"],
  "x-forwarded-host": ["host"],
  "x-forwarded-port": ["port"],
  "x-forwarded-prefix": ["prefix"],
};

/** Whether all that a trusted peer's field says is believed, so that an application may see it. */
export function isBelieved(lowerName: string, believed: ReadonlySet<ForwardedKind>): boolean {
  const kinds = KINDS_OF_FIELD[lowerName];
  return kinds === undefined || kinds.every((kind) => believed.has(kind));
}
