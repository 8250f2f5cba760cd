/** Whether 304 is answered only to a client that has the answer (RFC 9110 §13, §15.4.5). */
import { fieldValue } from "../client/field-list.ts";
import type { Visitor } from "./visitor.ts";

const STRANGE_TAG = '"portico-check"';
const LONG_AGO = "Thu, 01 Jan 1970 00:00:01 GMT";

export async function conditionalRequests(visitor: Visitor, path: string): Promise<void> {
  const answer = await visitor.ask("GET", path);
  if (answer === undefined) return;
  const tag = fieldValue(answer.fields, "ETag");
  const date = fieldValue(answer.fields, "Last-Modified");
  await visitor.ask("GET", path, {
    fields: [["If-Modified-Since", date ?? new Date().toUTCString()]],
  });
  const same = await visitor.ask("GET", path, { fields: [["If-None-Match", tag ?? "*"]] });
  const sent = same?.status === 304 ? fieldValue(same.fields, "ETag") : tag;
  if (tag !== undefined && sent !== tag) {
    const evidence = `the ETag is ${JSON.stringify(tag)}, and with the 304 ${JSON.stringify(sent ?? "")}`;
    visitor.find("not-modified", evidence, `GET ${path}`);
  }
  const fields = [
    ["If-None-Match", STRANGE_TAG],
    ["If-Modified-Since", LONG_AGO],
  ] as const;
  const other = await visitor.ask("GET", path, { fields });
  if (other?.status !== 304 || tag === STRANGE_TAG) return;
  const evidence = `304 to If-None-Match: ${STRANGE_TAG}, which is no ETag of this answer`;
  visitor.find("not-modified", evidence, `GET ${path}`);
}
