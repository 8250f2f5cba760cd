/** Pipelines of requests by the grammar of RFC 9110 and 9112, in good spellings and in bad ones. */
import { delimitedBody } from "./body-grammar.ts";
import type { Random } from "./random.ts";
import { Spelling } from "./spelling.ts";

/** What a server must read out of a request that is well written. */
export interface Meant {
  readonly method: string;
  readonly target: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1";
  readonly fields: readonly Field[];
  readonly body: string;
}

export interface Pipeline {
  readonly text: string;
  /** Undefined if something in it is badly written. */
  readonly meant: readonly Meant[] | undefined;
}

type Field = readonly [name: string, value: string];

const MOST_REQUESTS = 5;
const METHODS = [
  "GET",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "get",
  "M-SEARCH",
  "!#$%&'*+-.^_`|~9",
];
const BAD_METHODS = [
  "",
  "CONNECT",
  "G ET",
  "GE\tT",
  "G\0T",
  "(GET)",
  "GET:",
  "\x80",
  "\x16\x03\x01",
];
const TARGETS = [
  ...["/", "/", "/a/b?c=d", "/%41%", "//x//..", "/?", "/?a?b", '/"{}|\\^`', "/*", "/a:80@b"],
  ...[
    "http://h.example/p?q",
    "HTTP://h:80",
    "https://[::1]:443?x",
    "http://a.example?b",
    "http://a%41/",
  ],
];
const BAD_TARGETS = [
  ...["", "a", "*", "http://", "http://u@h/", "/a b", "/a#b", "/\x80", "ftp://a/", "/\t", "/\x7f"],
  ...["a.example:443", "http:/a", "http://a b/", "?", "/ ", " /", "http://[::1/", "http://a:b/"],
];
const VERSIONS = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/1.9"];
const BAD_VERSIONS = [
  ...["", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10", "HTTP/11", "HTTP/1.", "HTTP/1,1"],
  ...["HTTP/1.1 ", "HTTP/3.1", "HTTP /1.1", "HTTP/1.1\0", "HTTP/1.\xb9", "ICY/1.1"],
];
const HOSTS = [
  "a.example",
  "a",
  "[::1]",
  "[v1.a:b]:9",
  "a:80",
  "a:",
  "%41b",
  "1.2.3.4:65535",
  "a_b!$&'()*+;=",
];
const BAD_HOSTS = [
  "",
  "a b",
  "a/b",
  "u@h",
  "a:b",
  "[::1",
  "a,b",
  "a:123456",
  "%4",
  "\x80",
  "a#",
  "a?b",
];
const NAMES = [
  ...["Accept", "Cookie", "cookie", "X-A", "x_y", "Proxy", "TE", "Keep-Alive", "Upgrade", "Date"],
  ...["Server", "Trailer", "Via", "!#$%&'*+-.^_`|~9", "Content_Length", "__proto__", "constructor"],
];
const BAD_NAMES = [
  "",
  " X",
  "X ",
  "X\t",
  "X\0",
  "X(",
  "\x80",
  "X Y",
  "\tX",
  "Content-Length ",
  "Host ",
];
const SINGLETONS = [
  "Content-Type",
  "User-Agent",
  "Referer",
  "Range",
  "If-Range",
  "From",
  "Authorization",
];
const VALUES = ["", "a", "a, b", '"q"', "a\tb  c", "\x80\xff", "1", "chunked", ":", "x: y", ","];
const BAD_VALUES = [
  "a\0b",
  "a\rb",
  "a\nb",
  "\x7f",
  "\x1b[0m",
  "a\r\n b",
  "a\r\n\tb",
  "\b",
  "a\r\n\r\nb",
];
const OWS = ["", " ", " ", " ", "\t", "  ", " \t "];
const LASTING_OPTIONS = [
  "keep-alive",
  "Keep-Alive",
  "keep-alive, x",
  ",, keep-alive ,",
  "TE,Keep-Alive",
];
const OPTIONS = [
  "close",
  "Close",
  "close, TE",
  ",, ,close",
  "keep-alive, close",
  "upgrade",
  "x",
  "",
];
const BAD_LINE_ENDS = ["\n", "\r", "\r\r\n", "\0\r\n", "\n\r", ""];

/** From one to five requests, one behind the other; without faults, all of them are good. */
export function makePipeline(random: Random, faults: "no-faults" | "faults"): Pipeline {
  const spelling = new Spelling(random, faults);
  const count = random.oneIn(2) ? 1 : 1 + random.below(MOST_REQUESTS);
  const meant: Meant[] = [];
  let text = "";
  for (let left = count; left > 0; left -= 1) {
    const { request, wire } = makeRequest(spelling, random, left === 1);
    meant.push(request);
    text += wire;
  }
  return { text, meant: spelling.isGood ? meant : undefined };
}

interface Written {
  readonly request: Meant;
  readonly wire: string;
}

function makeRequest(spelling: Spelling, random: Random, isLast: boolean): Written {
  const written = spelling.of(VERSIONS, BAD_VERSIONS);
  const version = written === "HTTP/1.0" ? written : "HTTP/1.1";
  const asksForAll = random.oneIn(20);
  const method = asksForAll ? "OPTIONS" : spelling.of(METHODS, BAD_METHODS);
  const target = asksForAll ? "*" : makeTarget(spelling, random);
  const { fields: delimiting, wire: bodyWire, body } = delimitedBody(version, spelling, random);
  const fields = shuffled(
    [...hostFields(version, spelling, random), ...delimiting, ...otherFields(spelling, random)],
    random,
  );
  fields.push(
    ...connectionFields(version, random, isLast),
    ...expectFields(version, spelling, random),
  );
  const separator = () => spelling.of([" "], ["  ", "\t", "", "\v", "\xa0"]);
  const lineEnd = () => spelling.of(["\r\n"], BAD_LINE_ENDS);
  const leading = random.oneIn(10)
    ? "\r\n"
    : spelling.of([""], ["\n", "\r\n\r\n", " ", "\r", "\0"]);
  let wire = `${leading}${method}${separator()}${target}${separator()}${written}${lineEnd()}`;
  for (const [name, value] of fields) {
    const before = random.pick(OWS);
    wire += `${name}${spelling.of([":"], [" :", "", "\t:", "="])}${before}${value}${random.pick(OWS)}`;
    wire += lineEnd();
  }
  return {
    request: { method, target, version, fields, body },
    wire: `${wire}${lineEnd()}${bodyWire}`,
  };
}

function makeTarget(spelling: Spelling, random: Random): string {
  if (!random.oneIn(6)) return spelling.of(TARGETS, BAD_TARGETS);
  return `/${random.visible(30).replaceAll("#", "")}`;
}

function hostFields(version: string, spelling: Spelling, random: Random): Field[] {
  if (version === "HTTP/1.0" && random.oneIn(2)) return [];
  if (spelling.hasFault()) return [];
  const fields: Field[] = [["Host", spelling.of(HOSTS, BAD_HOSTS)]];
  if (spelling.hasFault()) fields.push([random.pick(["Host", "hOST"]), random.pick(HOSTS)]);
  return fields;
}

function otherFields(spelling: Spelling, random: Random): Field[] {
  const fields: Field[] = [];
  for (let left = random.below(5); left > 0; left -= 1) {
    const value = spelling.of([...VALUES, random.visible(12)], BAD_VALUES);
    fields.push([spelling.of(NAMES, BAD_NAMES), value]);
  }
  if (random.oneIn(3)) {
    const name = random.pick(SINGLETONS);
    fields.push([name, random.pick(VALUES)]);
    if (spelling.hasFault()) fields.push([name.toUpperCase(), random.pick(VALUES)]);
  }
  return fields;
}

/** Only the last request may say, or be of a version that implies, that none follows. */
function connectionFields(version: string, random: Random, isLast: boolean): Field[] {
  if (isLast) return random.oneIn(3) ? [["Connection", random.pick(OPTIONS)]] : [];
  if (version === "HTTP/1.1" && !random.oneIn(5)) return [];
  return [["Connection", random.pick(LASTING_OPTIONS)]];
}

function expectFields(version: string, spelling: Spelling, random: Random): Field[] {
  if (!random.oneIn(12)) return [];
  const bad = version === "HTTP/1.0" ? ["100-continue"] : ["200-ok", "100-continue, x", "100"];
  return [["Expect", spelling.of(["100-continue", "100-Continue", "100-continue,"], bad)]];
}

function shuffled(fields: Field[], random: Random): Field[] {
  for (let index = fields.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    const [one, two] = [fields[index], fields[other]];
    if (one !== undefined && two !== undefined) [fields[index], fields[other]] = [two, one];
  }
  return fields;
}
