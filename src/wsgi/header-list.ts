/** Reading and changing a {@link HeaderList}: names are compared without regard to case (RFC 9110 §5.1). */
import type { HeaderList } from "./types.ts";

/** The first value of a field. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  return headers[indexOf(headers, name)]?.[1];
}

/** One field of this name, where the first of its name stood, or else at the end. */
export function setHeader(headers: HeaderList, name: string, value: string): void {
  const at = indexOf(headers, name);
  if (at < 0) {
    headers.push([name, value]);
    return;
  }
  headers[at] = [name, value];
  for (let later = headers.length - 1; later > at; later -= 1) {
    if (isSameName(headers[later]?.[0] ?? "", name)) headers.splice(later, 1);
  }
}

export function removeHeader(headers: HeaderList, name: string): void {
  for (let at = headers.length - 1; at >= 0; at -= 1) {
    if (isSameName(headers[at]?.[0] ?? "", name)) headers.splice(at, 1);
  }
}

/** One more member of a list such as `Vary`, unless it is there already (RFC 9110 §5.6.1). */
export function addToList(headers: HeaderList, name: string, member: string): void {
  const values = headers.filter(([each]) => isSameName(each, name)).map(([, value]) => value);
  const members = values.flatMap((value) => value.split(",")).map((each) => each.trim());
  if (members.some((each) => each === "*" || isSameName(each, member))) return;
  setHeader(headers, name, [...members.filter((each) => each !== ""), member].join(", "));
}

/** By index: taking each pair apart costs as much as the rest. */
function indexOf(headers: HeaderList, name: string): number {
  for (let at = 0; at < headers.length; at += 1) {
    if (isSameName(headers[at]?.[0] ?? "", name)) return at;
  }
  return -1;
}

function isSameName(one: string, other: string): boolean {
  if (one === other) return true;
  return one.length === other.length && one.toLowerCase() === other.toLowerCase();
}
