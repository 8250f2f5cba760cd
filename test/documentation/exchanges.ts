/**
 * The text of an `http` block: lines with `>` are asked, lines with `<` are answered.
 *
 * In what is answered, `…` stands for whatever is there: a time, a signature, a random name.
 */

/** What a document has wrong, and where. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";

  constructor(document: string, line: number, what: string) {
    super(`${document}:${line}: ${what}`);
  }
}

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

export interface ExpectedField {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

export interface Expected {
  /** `201 Created`, or the number alone. */
  readonly status: string;
  readonly fields: readonly ExpectedField[];
  /** Undefined where the document does not show it. */
  readonly body: string | undefined;
  readonly line: number;
  readonly bodyLine: number;
}

export interface Exchange {
  readonly asked: Asked;
  readonly expected: Expected;
}

/** What a client was answered. */
export interface Answered {
  /** `201 Created`. */
  readonly statusLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

interface MarkedLine {
  readonly mark: ">" | "<";
  readonly text: string;
  readonly line: number;
}

/** `firstLine` is the block's in its document. @throws {DocumentError} a line is neither */
export function parseExchanges(document: string, text: string, firstLine: number): Exchange[] {
  const lines = text.split("\n").flatMap((whole, index): MarkedLine[] => {
    const line = firstLine + index;
    if (whole === "") return [];
    const [, mark, rest = ""] = /^([<>])(?: (.*))?$/.exec(whole) ?? [];
    if (mark === ">" || mark === "<") return [{ mark, text: rest, line }];
    throw new DocumentError(document, line, `${JSON.stringify(whole)} begins with neither > nor <`);
  });
  return turns(lines).map((turn) => exchangeOf(document, turn));
}

/** Cut before each question that follows an answer. */
function turns(lines: readonly MarkedLine[]): MarkedLine[][] {
  const found: MarkedLine[][] = [];
  let before: MarkedLine["mark"] = "<";
  for (const line of lines) {
    if (found.length === 0 || (line.mark === ">" && before === "<")) found.push([]);
    found.at(-1)?.push(line);
    before = line.mark;
  }
  return found;
}

function exchangeOf(document: string, turn: readonly MarkedLine[]): Exchange {
  const asked = turn.filter(({ mark }) => mark === ">");
  const expected = turn.filter(({ mark }) => mark === "<");
  const [request, answer] = [asked[0], expected[0]];
  const [, method = "", target = ""] =
    /^([A-Z]+) (\S+)(?: HTTP\/1\.1)?$/.exec(request?.text ?? "") ?? [];
  if (request === undefined || method === "") {
    throw new DocumentError(document, turn[0]?.line ?? 0, "it does not begin with > METHOD TARGET");
  }
  if (answer === undefined) throw new DocumentError(document, request.line, "it has no answer");
  const { fields: headers, body } = message(document, asked);
  const { fields, body: expectedBody, bodyLine } = message(document, expected);
  return {
    asked: {
      method,
      target,
      headers: headers.map(({ name, value }) => [name, value]),
      body: headers.some(isMultipart) ? body?.replaceAll("\n", "\r\n") : body,
    },
    expected: { status: answer.text, fields, body: expectedBody, line: answer.line, bodyLine },
  };
}

/** RFC 2046 §4.1.1: the lines of such a body end in CR LF. */
function isMultipart({ name, value }: ExpectedField): boolean {
  return name.toLowerCase() === "content-type" && value.startsWith("multipart/");
}

/** What stands behind the first line. */
function message(
  document: string,
  [, ...lines]: readonly MarkedLine[],
): {
  readonly fields: readonly ExpectedField[];
  readonly body: string | undefined;
  readonly bodyLine: number;
} {
  const end = lines.findIndex(({ text }) => text === "");
  const head = end < 0 ? lines : lines.slice(0, end);
  const fields = head.map(({ text, line }) => {
    const [, name = "", value = ""] = /^([^\s:]+): ?(.*)$/.exec(text) ?? [];
    if (name === "") throw new DocumentError(document, line, `${JSON.stringify(text)} is no field`);
    return { name, value, line };
  });
  const body = end < 0 ? undefined : lines.slice(end + 1).map(({ text }) => text);
  return {
    fields,
    body: body?.join("\n"),
    bodyLine: lines[end + 1]?.line ?? lines[end]?.line ?? 0,
  };
}

/** What is otherwise than the document says, each with its line; empty if nothing is. */
export function differences(
  document: string,
  { asked, expected }: Exchange,
  got: Answered,
): string[] {
  const { status, fields, body, line, bodyLine } = expected;
  const found: string[] = [];
  const tell = (at: number, what: string, is: string, says: string): void => {
    const request = `${asked.method} ${asked.target}`;
    found.push(`${document}:${at}: ${request}: ${what} is ${is}, the document says ${says}`);
  };
  const gotStatus = /^\d+$/.test(status) ? got.statusLine.slice(0, 3) : got.statusLine;
  if (gotStatus !== status)
    tell(line, "the status", `${gotStatus} (${got.text.slice(0, 500)})`, status);
  for (const field of fields) {
    const values = got.headers
      .filter(([name]) => name.toLowerCase() === field.name.toLowerCase())
      .map(([, value]) => value);
    if (values.some((value) => isLike(value, field.value))) continue;
    tell(field.line, field.name, JSON.stringify(values.join(", ")), JSON.stringify(field.value));
  }
  if (body !== undefined && !isLike(plain(got.text), plain(body))) {
    tell(bodyLine, "the body", JSON.stringify(got.text), JSON.stringify(body));
  }
  return found;
}

/** Line ends as a document has them, and none at the end, where a document may show one or not. */
function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/\n+$/, "");
}

function isLike(text: string, pattern: string): boolean {
  if (!pattern.includes("…")) return text === pattern;
  const parts = pattern.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}
