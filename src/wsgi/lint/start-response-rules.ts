/** The call of start_response: its status, its headers, its exc_info. */
import { kindOf, shown, shownName } from "./evidence.ts";
import type { RuleTable } from "./rule.ts";

/** One call of start_response, before it is passed on. */
export interface StartFacts {
  readonly parameters: readonly unknown[];
  /** Whether there was one before it, in the same request. */
  readonly isRepeated: boolean;
  /** Whether the application has taken the connection over for another protocol. */
  readonly isTakenOver: boolean;
}

// PEP 3333: "NNN Reason", nothing around it; RFC 9110 §15: 100 to 599, of which 1xx is no final answer.
const STATUS = /^[2-5][0-9]{2} [\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;

// RFC 9110 §15.2.2.
const SWITCH = /^101 \S/;

export const START_RESPONSE_RULES: RuleTable<StartFacts> = {
  /** start_response MUST be called with two or three arguments: status, headers, exc_info. */
  "start-response-arguments": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["S7", "V15"],
    remedy: "call start_response(status, headers) or start_response(status, headers, exc_info)",
    evidence: ({ parameters: { length } }) =>
      length === 2 || length === 3
        ? undefined
        : `start_response was called with ${length} argument${length === 1 ? "" : "s"}`,
  },

  /** start_response MUST be called with positional arguments: a server may name its own as it likes. */
  "start-response-positional": {
    side: "application",
    level: "MUST",
    section: "Specification Details",
    rows: ["A3", "V15"],
    only: "python",
    remedy: "call start_response(status, headers), without names of parameters",
  },

  /**
   * start_response MUST NOT be called again without exc_info, also not after a call that was
   * refused: with exc_info it replaces what has not been sent.
   */
  "start-response-twice": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A19", "S57"],
    remedy: "call it once; where an error changes the answer, give the error as exc_info",
    evidence: ({ parameters: [status, , excInfo], isRepeated }) =>
      isRepeated && !excInfo
        ? `start_response was called again without exc_info, with the status ${shown(status)}`
        : undefined,
  },

  /**
   * exc_info, if given, MUST be the error that is being handled: in TypeScript an `Error`, in Python
   * the tuple of sys.exc_info().
   */
  "exc-info-type": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A17", "V21"],
    remedy: {
      typescript: "give the Error that was caught, or leave it out",
      python: "give sys.exc_info(), or leave it out",
    },
    evidence: ({ parameters: [, , excInfo] }) =>
      excInfo === undefined || isError(excInfo) ? undefined : `exc_info is ${shown(excInfo)}`,
  },

  /**
   * An error response that is started while an error is handled SHOULD be given that error as
   * exc_info, always: the application need not know whether headers were sent.
   */
  "exc-info-missing": {
    side: "application",
    level: "SHOULD",
    section: "Error Handling",
    rows: ["A25"],
    only: "python",
    remedy: "call start_response(status, headers, sys.exc_info())",
  },

  /**
   * The status MUST be a string of three digits, one space and a reason, such as `404 Not Found`,
   * without a control character and with nothing around it. It is a final one, 200 to 599; where the
   * application has called `portico.upgrade`, it is 101.
   */
  status: {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A13", "S49", "S50", "V16"],
    remedy: 'give three digits, a space and a reason: "200 OK"',
    evidence: ({ parameters: [status], isTakenOver }) =>
      typeof status === "string" && (isTakenOver ? SWITCH : STATUS).test(status)
        ? undefined
        : `the status is ${shown(status)}`,
  },

  /** The headers MUST be a list: in TypeScript an array, in Python a `list`, no subclass of it. */
  "headers-list": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A14", "S52", "V17"],
    remedy: {
      typescript: "give an array of [name, value] pairs",
      python: "give a list of (name, value) tuples",
    },
    evidence: ({ parameters: [, headers] }) =>
      Array.isArray(headers) ? undefined : `the headers are ${kindOf(headers)}`,
  },

  /** Each header MUST be a pair of name and value: an array of two, in Python a tuple. */
  "header-pair": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A14", "V17"],
    remedy: {
      typescript: "give each header as [name, value]",
      python: "give each header as a tuple (name, value)",
    },
    evidence: ({ parameters: [, headers] }) => {
      const index = entriesOf(headers).findIndex((entry) => !isPair(entry));
      if (index < 0) return undefined;
      const entry = entriesOf(headers)[index];
      const what = Array.isArray(entry) ? `an array of ${entry.length}` : shown(entry);
      return `header ${index + 1} is ${what}`;
    },
  },

  /** Names and values of headers MUST be strings. */
  "header-strings": {
    side: "application",
    level: "MUST",
    section: "Unicode Issues",
    rows: ["A14", "A23", "V17"],
    remedy: "make strings of the name and of the value",
    evidence: ({ parameters: [, headers] }) => {
      for (const [name, value] of entriesOf(headers).filter(isPair)) {
        if (typeof name !== "string") return `a header's name is ${shown(name)}`;
        if (typeof value !== "string")
          return `the value of the header ${shownName(name)} is ${shown(value)}`;
      }
      return undefined;
    },
  },

  /** Content-Length MUST be given once at most, and hold decimal digits alone. */
  "content-length-value": {
    side: "application",
    level: "MUST",
    section: "Handling the Content-Length Header",
    rows: ["S59", "S62"],
    remedy: "give the number of bytes in the body, once, as digits, or leave it to the server",
    evidence: ({ parameters: [, headers] }) => {
      const lengths = headersOf(headers)
        .filter(({ name }) => name.toLowerCase() === "content-length")
        .map(({ value }) => value);
      if (lengths.length > 1) return `Content-Length stands ${lengths.length} times`;
      const wrong = lengths.find((length) => !/^[0-9]+$/.test(length));
      return wrong === undefined ? undefined : `Content-Length is ${shown(wrong)}`;
    },
  },
};

/** One header whose name and value are strings. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** The headers that are pairs of strings. */
export function headersOf(headers: unknown): Header[] {
  return entriesOf(headers)
    .filter(isPair)
    .flatMap(([name, value]) =>
      typeof name === "string" && typeof value === "string" ? [{ name, value }] : [],
    );
}

function entriesOf(headers: unknown): readonly unknown[] {
  return Array.isArray(headers) ? headers : [];
}

function isPair(entry: unknown): entry is readonly [unknown, unknown] {
  return Array.isArray(entry) && entry.length === 2;
}

/** Also of another realm, as tests and sandboxes have them. */
function isError(value: unknown): boolean {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

/** What start_response came back with. */
export interface StartedFacts {
  readonly write: unknown;
}

export const STARTED_RULES: RuleTable<StartedFacts> = {
  /**
   * start_response MUST return a write(data) callable that takes one byte string; in TypeScript it
   * returns a promise.
   */
  "start-response-returns-write": {
    side: "server",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["S8"],
    remedy: "return a function that sends what it is given",
    evidence: ({ write }) =>
      typeof write === "function" ? undefined : `start_response returned ${kindOf(write)}`,
  },
};

/** What an application did after start_response, given exc_info, threw. */
export interface TrappedFacts {
  /** `threw`, `returned`, `yielded an item`. */
  readonly did: string;
}

export const TRAPPED_RULES: RuleTable<TrappedFacts> = {
  /**
   * An application that gives exc_info MUST NOT catch what start_response then throws: the headers
   * are out, and only the server can end the answer so that nobody takes it for whole.
   */
  "exc-info-trapped": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A18", "S56"],
    remedy: "let the error pass: do not catch around start_response(..., exc_info)",
    evidence: ({ did }) =>
      did === "threw"
        ? undefined
        : `start_response, given exc_info, threw, and the application caught it and ${did}`,
  },
};
