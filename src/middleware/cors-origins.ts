/** Which origins are allowed: a list, expressions or a function, as one test. */
import type { OptionJudge } from "./option-error.ts";

/** `"*"`, an origin such as `https://shop.example:8443`, an expression, several of these, or a function. */
export type AllowedOrigins =
  | string
  | RegExp
  | readonly (string | RegExp)[]
  | ((origin: string) => boolean);

export type OriginTest = (origin: string) => boolean;

/** RFC 6454 §6.2: scheme, host and port, and nothing behind them; "null" is what has no origin. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/;

/** @throws {OptionError} an origin is none, or no browser would ever send it */
export function originTest(origins: AllowedOrigins, judge: OptionJudge): OriginTest {
  if (typeof origins === "function") return origins;
  if (origins === "*") return () => true;
  const entries = typeof origins === "string" || origins instanceof RegExp ? [origins] : origins;
  const names = new Set<string>();
  const expressions: RegExp[] = [];
  for (const entry of entries) {
    if (entry instanceof RegExp) expressions.push(checkedExpression(entry, judge));
    else names.add(checkedOrigin(entry, judge));
  }
  return (origin) => names.has(origin) || expressions.some((expression) => expression.test(origin));
}

/** One that is open at an end holds for `https://shop.example.evil.example`, too, or for `https://evilshop.example`. */
function checkedExpression(expression: RegExp, judge: OptionJudge): RegExp {
  const { source, flags } = expression;
  const isClosed = alternatives(source).every(
    (each) => /^(?:\^|\\\.)/.test(each) && /(?<!\\)(?:\\\\)*\$$/.test(each),
  );
  judge.must(
    isClosed,
    "origins",
    `has ${expression}, which is open at an end; write /^https:\\/\\/(\\w+\\.)?shop\\.example$/`,
  );
  // With "g" or "y" an expression remembers where it was, and tells every other request otherwise.
  return new RegExp(source, flags.replace(/[gy]/g, ""));
}

/** What stands between the `|` that no bracket encloses: `^` and `$` hold for one of them alone. */
function alternatives(source: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  let depth = 0;
  for (const { 0: token, index } of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()|]/gs)) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (token === "|" && depth === 0) {
      found.push(source.slice(start, index));
      start = index + 1;
    }
  }
  return [...found, source.slice(start)];
}

function checkedOrigin(text: string, judge: OptionJudge): string {
  judge.must(text !== "*", "origins", 'has "*" among others; it stands alone');
  if (text === "null") return text;
  const problem = `has ${JSON.stringify(text)}, which is no origin`;
  judge.must(ORIGIN.test(text), "origins", `${problem}; write https://shop.example`);
  if (!/^https?:/.test(text)) return text;
  // What a browser sends: without the port that is the scheme's own, and in lower case.
  const sent = URL.canParse(text) ? new URL(text).origin : undefined;
  judge.must(sent === text, "origins", `${problem} as browsers send it; write ${sent}`);
  return text;
}
