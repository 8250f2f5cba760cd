/** IP addresses as numbers: read strictly, compared by prefix, shown in one spelling. */

/** Eight groups of 16 bits; an IPv4 address is mapped into them (RFC 4291 §2.5.5.2). */
export type IpAddress = readonly number[];

/** What the longest spelling has: eight groups of which the last two are dotted. */
const MAX_TEXT_LENGTH = 45;

const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0xffff];

/** RFC 6943 §3.1.1: a leading zero is octal for some readers, so no part has one. */
const DOTTED =
  /^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9A-Fa-f]{1,4}$/;

/** Undefined where the text is no IPv4 or IPv6 address; one with a zone (`%eth0`) is none here. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  if (text.includes(":")) return parseIpv6(text);
  const groups = dottedGroups(text);
  return groups && [...MAPPED, ...groups];
}

export function isIpv4(address: IpAddress): boolean {
  return address[5] === 0xffff && address.every((group, index) => index > 4 || group === 0);
}

/** Whether the first `bits` of the 128 are the same. */
export function sharesPrefix(one: IpAddress, other: IpAddress, bits: number): boolean {
  for (let index = 0, left = bits; left > 0; index += 1, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if ((((one[index] ?? 0) ^ (other[index] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

/** RFC 5952 §4 for IPv6; four numbers for IPv4, mapped or not. */
export function showIpAddress(address: IpAddress): string {
  if (isIpv4(address)) {
    const [high = 0, low = 0] = address.slice(6);
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  }
  const hex = address.map((group) => group.toString(16));
  const { start, length } = longestZeros(address);
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

/** RFC 4291 §2.2: groups, of which "::" stands for one run of zeros, and a dotted end. */
function parseIpv6(text: string): IpAddress | undefined {
  const last = text.lastIndexOf(":") + 1;
  const dotted = text.includes(".") ? dottedGroups(text.slice(last)) : [];
  if (dotted === undefined) return undefined;
  const ending = dotted.map((group) => group.toString(16)).join(":");
  const [before = "", after, another] = (ending === "" ? text : text.slice(0, last) + ending).split(
    "::",
  );
  const head = hexGroups(before);
  const tail = hexGroups(after ?? "");
  if (head === undefined || tail === undefined || another !== undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

function hexGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => GROUP.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

function dottedGroups(text: string): number[] | undefined {
  const match = DOTTED.exec(text);
  if (match === null) return undefined;
  const [, a, b, c, d] = match.map(Number);
  if (!isOctet(a) || !isOctet(b) || !isOctet(c) || !isOctet(d)) return undefined;
  return [a * 256 + b, c * 256 + d];
}

function isOctet(value: number | undefined): value is number {
  return value !== undefined && value <= 255;
}

function longestZeros(address: IpAddress): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < address.length; start += 1) {
    let end = start;
    while (address[end] === 0) end += 1;
    if (end - start > longest.length) longest = { start, length: end - start };
  }
  return longest;
}

/** RFC 3986 §3.2.2: as a host, an IPv6 address stands in brackets. */
export function inBrackets(address: string): string {
  const plain = unmapped(address);
  return plain.includes(":") ? `[${plain}]` : plain;
}

/** An IPv4 client of a socket that listens on both has its address mapped (RFC 4291 §2.5.5.2). */
export function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
