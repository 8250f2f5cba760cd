/** Makes and checks a response's head, so that whatever an application gives is legal HTTP. */
import { CONTENT_LENGTH, NOT_IN_FIELD_VALUE, STATUS } from "./abnf.ts";
import { LocalProtocolError } from "./errors.ts";
import type { InformationalHead, ResponseHead } from "./events.ts";
import { FieldRole, fieldName, isOfTheConnection, listElements } from "./fields.ts";

type Headers = readonly (readonly [name: string, value: string])[];

/** The head before: many of an application's answers have the same one. */
let latest: ResponseHead | undefined;

/**
 * @throws {LocalProtocolError} the status is not `NNN Reason`, a name is not a token, a value holds
 *   CR, LF, NUL, another control character or more than latin-1, or the field belongs to the
 *   connection (RFC 9110 §7.6.1; PEP 3333, "Other HTTP Features"); the message names the header
 */
export function makeResponseHead(status: string, headers: Headers): ResponseHead {
  if (latest === undefined || !isSame(latest, status, headers)) latest = check(status, headers);
  return latest;
}

function isSame(head: ResponseHead, status: string, headers: Headers): boolean {
  const known = head.headers;
  if (head.status !== status || known.length !== headers.length) return false;
  for (let index = 0; index < known.length; index += 1) {
    const one = known[index];
    const other = headers[index];
    if (one?.[0] !== other?.[0] || one?.[1] !== other?.[1]) return false;
  }
  return true;
}

function check(status: string, headers: Headers): ResponseHead {
  if (typeof status !== "string" || !STATUS.test(status) || status.startsWith("1")) {
    throw new LocalProtocolError(`the status ${quote(status)} is not "200 OK" or alike`);
  }
  // A copy: what was checked is what is sent, though the application may change its list.
  const checked: [name: string, value: string][] = [];
  let contentLength: number | undefined;
  let hasDate = false;
  let hasServer = false;
  let hasRequestId = false;
  for (const [name, value] of headers) {
    const role = checkedRole(name, value);
    checked.push([name, value]);
    if (role === FieldRole.CONTENT_LENGTH) contentLength = lengthOf(value, contentLength);
    else if (role === FieldRole.DATE) hasDate = true;
    else if (role === FieldRole.SERVER) hasServer = true;
    else if (role === FieldRole.REQUEST_ID) hasRequestId = true;
  }
  return {
    type: "response-head",
    status,
    statusCode: Number(status.slice(0, 3)),
    headers: checked,
    contentLength,
    hasDate,
    hasServer,
    hasRequestId,
  };
}

/**
 * The head of a 1xx response other than 101, which would end HTTP on the connection.
 * @throws {LocalProtocolError} as `makeResponseHead`; also for a Content-Length (RFC 9110 §8.6)
 */
export function makeInformationalHead(status: string, headers: Headers): InformationalHead {
  const isInformational = typeof status === "string" && STATUS.test(status) && /^1/.test(status);
  if (!isInformational || status.startsWith("101")) {
    throw new LocalProtocolError(`the status ${quote(status)} is not "103 Early Hints" or alike`);
  }
  return { type: "informational-head", status, headers: checkedWithoutLength(headers) };
}

/**
 * The head of a 101 response, by which the connection leaves HTTP. `asked` is the Upgrade field of the
 * request.
 * @throws {LocalProtocolError} as `makeResponseHead`; also where Upgrade is missing, or names what was not
 *   asked for (RFC 9110 §7.8)
 */
export function makeSwitchHead(headers: Headers, asked: string): ResponseHead {
  const upgrade = headers.find(([name]) => isUpgrade(name))?.[1] ?? "";
  const named = listElements(upgrade);
  if (named.length === 0) {
    throw new LocalProtocolError("the switch names no protocol; give an Upgrade field");
  }
  const strange = named.find((each) => !listElements(asked).includes(each));
  if (strange !== undefined) {
    throw new LocalProtocolError(
      `the client has not asked for ${quote(strange)}, but for ${quote(asked)}`,
    );
  }
  const others = headers.filter(([name]) => !isUpgrade(name));
  return switchedHead([
    ...checkedWithoutLength(others),
    ["Upgrade", upgrade],
    ["Connection", "upgrade"],
  ]);
}

/** Of a 101 response that is not the server's to send. */
export function switchedHead(headers: Headers): ResponseHead {
  return {
    type: "response-head",
    status: "101 Switching Protocols",
    statusCode: 101,
    headers,
    contentLength: undefined,
    hasDate: false,
    hasServer: false,
    hasRequestId: false,
  };
}

function isUpgrade(name: unknown): boolean {
  return typeof name === "string" && name.toLowerCase() === "upgrade";
}

/** @throws {LocalProtocolError} as `makeResponseHead`; also for a Content-Length (RFC 9110 §8.6) */
function checkedWithoutLength(headers: Headers): [name: string, value: string][] {
  return headers.map(([name, value]) => {
    if (checkedRole(name, value) !== FieldRole.CONTENT_LENGTH) return [name, value];
    throw new LocalProtocolError("Content-Length stands in a response without a body");
  });
}

function checkedRole(name: string, value: string): FieldRole {
  const known = typeof name === "string" ? fieldName(name) : undefined;
  if (known === undefined) {
    throw new LocalProtocolError(`${quote(name)} is not a header name`);
  }
  if (typeof value !== "string") {
    throw new LocalProtocolError(`the value of header ${quote(name)} is a ${typeof value}`);
  }
  if (NOT_IN_FIELD_VALUE.test(value)) {
    throw new LocalProtocolError(
      `the header ${quote(name)} has a character that no header may have: ${quote(value)}`,
    );
  }
  if (isOfTheConnection(known.role)) {
    throw new LocalProtocolError(`the header ${quote(name)} is the server's to send`);
  }
  return known.role;
}

function lengthOf(value: string, earlier: number | undefined): number {
  if (earlier !== undefined) throw new LocalProtocolError("Content-Length stands twice");
  if (!CONTENT_LENGTH.test(value)) {
    throw new LocalProtocolError(`Content-Length ${quote(value)} is not a number`);
  }
  return Number(value);
}

/** A value as a message may show it: escaped, and not for ever. */
function quote(value: unknown): string {
  if (typeof value !== "string") return `of type ${typeof value}`;
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
