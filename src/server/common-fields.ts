/** The Server field, and the Date field of this second, made once a second. */
import { imfFixdate } from "../http/date.ts";
import type { CommonFields } from "../http/writers.ts";

export function commonFields(software: string): () => CommonFields {
  const server = `Server: ${software}\r\n`;
  let second = -1;
  let fields: CommonFields = { server, date: "" };
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      fields = { server, date: `Date: ${imfFixdate(now * 1000)}\r\n` };
    }
    return fields;
  };
}
