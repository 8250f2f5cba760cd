/** Rows about requests that are larger than a server may wish: served or refused, never dropped. */
import { replyTo } from "../reply.ts";
import { fail, pass, type Row } from "../row.ts";

interface Size {
  readonly name: string;
  /** Completes "… is served, or refused with an answer". */
  readonly what: string;
  readonly source: string;
  /** Behind `/hello?`. */
  readonly query?: string;
  readonly fields?: readonly string[];
}

const LINE_SOURCE = "RFC 9112 §3";
const FIELDS_SOURCE = "RFC 9110 §5.4";

/** RFC 9110 §15.5.14, §15.5.15 and RFC 6585 §5, and 400 for who knows none of them. */
const REFUSALS = [400, 413, 414, 431];

const SIZES: readonly Size[] = [
  ...[5, 9, 70].map((kilobytes) => ({
    name: `request-line-of-${kilobytes}-kb`,
    what: `a request line of ${kilobytes} kB`,
    source: LINE_SOURCE,
    query: "q".repeat(kilobytes * 1_000),
  })),
  ...[150, 2_000].map((count) => ({
    name: `${count}-fields`,
    what: `a head of ${count} fields`,
    source: FIELDS_SOURCE,
    fields: Array.from({ length: count }, (_, index) => `X-Field-${index}: ${index}`),
  })),
  ...[9, 70].map((kilobytes) => ({
    name: `field-of-${kilobytes}-kb`,
    what: `a field of ${kilobytes} kB`,
    source: FIELDS_SOURCE,
    fields: [`X-Long: ${"v".repeat(kilobytes * 1_000)}`],
  })),
];

export const SIZE_LIMIT_ROWS: readonly Row[] = SIZES.map(sizeRow);

function sizeRow({ name, what, source, query = "", fields = [] }: Size): Row {
  const start = [`GET /hello?${query} HTTP/1.1`, "Host: probe.example", "Connection: close"];
  const request = `${[...start, ...fields].join("\r\n")}\r\n\r\n`;
  return {
    name,
    title: `${what} is served, or refused with an answer`,
    group: "Size limits",
    level: "MUST",
    source,
    judge: async (server) => {
      const { answer, words } = await replyTo(server, request);
      if (answer === undefined) return fail(words);
      const isGood = answer.status === 200 || REFUSALS.includes(answer.status);
      return isGood ? pass(String(answer.status)) : fail(words);
    },
  };
}
