/** The Forwarded field (RFC 7239): from its text to what each proxy said. */

/** One proxy's words: parameter names in lower case, each with its value unquoted. */
export type ForwardedElement = ReadonlyMap<string, string>;

/** RFC 7239 §4: forwarded-pair = token "=" ( token / quoted-string ); white space around is let be. */
const PAIR =
  /[\t ]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)")[\t ]*(?=[;,]|$)/y;
const NO_PAIR = /[\t ]*(?=[;,]|$)/y;

/**
 * The elements of one field line, in its order; undefined where it does not keep to the grammar. A
 * line is read by itself: a quotation mark in one must not reach into the next.
 */
export function parseForwarded(line: string): ForwardedElement[] | undefined {
  const elements: Map<string, string>[] = [new Map()];
  for (let at = 0; at <= line.length; at += 1) {
    PAIR.lastIndex = at;
    NO_PAIR.lastIndex = at;
    const pair = PAIR.exec(line);
    if (pair !== null) {
      const [, name = "", token, text = ""] = pair;
      const element = elements.at(-1);
      // §4: a parameter stands at most once.
      if (element?.has(name.toLowerCase())) return undefined;
      element?.set(name.toLowerCase(), token ?? text.replace(/\\(.)/g, "$1"));
      at = PAIR.lastIndex;
    } else if (NO_PAIR.test(line)) {
      at = NO_PAIR.lastIndex;
    } else {
      return undefined;
    }
    if (line[at] === ",") elements.push(new Map());
  }
  return elements.filter((element) => element.size > 0);
}
