/** The environ that a server, or a middleware in its place, calls an application with. */
import { kindOf, lacking, notCallable, shown, TOKEN } from "./evidence.ts";
import type { RuleTable } from "./rule.ts";

/** As it came: nothing of its type is certain. */
export type AnyEnviron = Readonly<Record<string, unknown>>;

const REQUIRED = [
  ...["REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"],
  ...["SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"],
  ...["wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors"],
  ...["wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"],
];

const FLAGS = ["wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"];

const INPUT_METHODS = ["read", "readline", "readlines", Symbol.asyncIterator];
const ERROR_METHODS = ["write", "writelines", "flush"];

export const ENVIRON_RULES: RuleTable<AnyEnviron> = {
  /**
   * The environ MUST be a plain object, its prototype `Object.prototype` or `null`, and not frozen.
   * (PEP 3333: a builtin dictionary, no subclass.) An application may then change it in any way,
   * copy it with `{ ...environ }` and lose nothing.
   */
  "environ-plain": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S4", "V2"],
    remedy: { typescript: "pass an object literal", python: "pass a dict, no subclass of it" },
    evidence: (environ) => {
      const prototype: unknown = Object.getPrototypeOf(environ);
      if (prototype !== Object.prototype && prototype !== null) {
        return `the environ is ${kindOf(environ)}`;
      }
      return Object.isExtensible(environ) ? undefined : "the environ cannot be changed";
    },
  },

  /**
   * These variables MUST be present: REQUEST_METHOD, SCRIPT_NAME, PATH_INFO, QUERY_STRING,
   * SERVER_NAME, SERVER_PORT, SERVER_PROTOCOL, and `wsgi.version`, `wsgi.url_scheme`, `wsgi.input`,
   * `wsgi.errors`, `wsgi.multithread`, `wsgi.multiprocess`, `wsgi.run_once`. PEP 3333 lets an empty
   * SCRIPT_NAME, PATH_INFO or QUERY_STRING be left out; TypeScript does not, so that their type is
   * `string` and nobody has to ask.
   */
  "environ-required": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S6", "S33c", "V3", "V5", "V13"],
    remedy: "set it, to an empty string if there is nothing to say",
    evidence: (environ) => {
      const missing = REQUIRED.filter((name) => environ[name] === undefined);
      return missing.length === 0 ? undefined : `the environ lacks ${missing.join(", ")}`;
    },
  },

  /**
   * The value of every CGI variable MUST be a string; a variable without a value is absent. CGI
   * variables are those whose names have no dot, and all that begin with `HTTP_`. A property that is
   * `undefined` counts as absent.
   */
  "environ-strings": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S31", "S70", "V6"],
    remedy: "make a string of it, or leave it out",
    evidence: (environ) => {
      const [name, value] =
        cgiVariables(environ).find(([, text]) => text !== undefined && typeof text !== "string") ??
        [];
      return name === undefined ? undefined : `${name} is ${kindOf(value)}`;
    },
  },

  /**
   * Strings given to an application MUST hold only the characters U+0000 to U+00FF, each of them
   * one byte of the request. Text in another encoding is for the application to decode: it alone
   * knows which.
   */
  "environ-native": {
    side: "server",
    level: "MUST",
    section: "Unicode Issues",
    rows: ["S69"],
    remedy: {
      typescript: 'make it of the bytes: Buffer.from(text, "utf8").toString("latin1")',
      python: 'make it of the bytes: text.encode("utf-8").decode("latin-1")',
    },
    evidence: (environ) => {
      const [name, value] =
        cgiVariables(environ).find(
          ([, text]) => typeof text === "string" && /[^\0-\xff]/.test(text),
        ) ?? [];
      return name === undefined ? undefined : `${name} is ${shown(value)}`;
    },
  },

  /**
   * REQUEST_METHOD MUST be the method as the client sent it, in its letter case; it is never empty.
   */
  "environ-method": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S17", "V10"],
    remedy: "give the method of the request line",
    evidence: ({ REQUEST_METHOD: method }) => {
      if (typeof method !== "string" || TOKEN.test(method)) return undefined;
      return `REQUEST_METHOD is ${shown(method)}`;
    },
  },

  /**
   * SCRIPT_NAME MUST be empty, or begin with a slash and name more than the root: an application at
   * the root of a server has the empty string, never `/`. With PATH_INFO it is the path of the
   * request: who moves a segment from one to the other changes both.
   */
  "environ-script-name": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S18", "V11"],
    remedy: 'give "" at the root, else the path of the application with its leading slash',
    evidence: ({ SCRIPT_NAME: path }) => {
      if (typeof path !== "string" || path === "" || /^\/./s.test(path)) return undefined;
      return `SCRIPT_NAME is ${shown(path)}`;
    },
  },

  /**
   * PATH_INFO MUST be the rest of the path behind SCRIPT_NAME, percent-decoded once, each byte one
   * character. It is empty or begins with a slash; `OPTIONS *` has the empty string.
   */
  "environ-path-info": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S19", "V12", "V13"],
    remedy: 'give "" or a path with its leading slash',
    evidence: ({ PATH_INFO: path }) => {
      if (typeof path !== "string" || path === "" || path.startsWith("/")) return undefined;
      return `PATH_INFO is ${shown(path)}`;
    },
  },

  /**
   * QUERY_STRING MUST be what follows the first question mark of the target, as it was sent: not
   * decoded, and without the question mark. It is empty where there is none.
   */
  "environ-query-string": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S20"],
    remedy: "give it as it stands in the request line, undecoded",
    evidence: ({ QUERY_STRING: query }) => {
      if (typeof query !== "string" || !/[\x00-\x20#\x7f]/.test(query)) return undefined;
      return `QUERY_STRING is ${shown(query)}, which no request line can hold`;
    },
  },

  /**
   * CONTENT_LENGTH MUST be the number of bytes in the body, as decimal digits; it may be empty or
   * absent where the length is not known, as with a chunked body.
   */
  "environ-content-length": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S22", "V14"],
    remedy: "give digits alone, or leave it out",
    evidence: ({ CONTENT_LENGTH: length }) => {
      if (typeof length !== "string" || /^[0-9]*$/.test(length)) return undefined;
      return `CONTENT_LENGTH is ${shown(length)}`;
    },
  },

  /** SERVER_NAME MUST NOT be empty: without a Host field it is the only name the server has. */
  "environ-server-name": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S23"],
    remedy: "give the name or address that the server listens on",
    evidence: ({ SERVER_NAME: name }) => (name === "" ? "SERVER_NAME is empty" : undefined),
  },

  /**
   * SERVER_PORT MUST be a port as decimal digits, a string, and never empty; also where the server
   * listens on a Unix socket, for URLs are made of it.
   */
  "environ-server-port": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S24"],
    remedy: 'give a string of digits, such as "80"',
    evidence: ({ SERVER_PORT: port }) => {
      if (typeof port !== "string" || /^[0-9]+$/.test(port)) return undefined;
      return `SERVER_PORT is ${shown(port)}`;
    },
  },

  /** SERVER_PROTOCOL MUST be the version of the protocol that the client spoke: `HTTP/1.1`. */
  "environ-protocol": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S25"],
    remedy: 'give the version of the request line, such as "HTTP/1.1"',
    evidence: ({ SERVER_PROTOCOL: protocol }) => {
      if (typeof protocol !== "string" || /^[A-Z]+\/[0-9]+(\.[0-9]+)?$/.test(protocol)) {
        return undefined;
      }
      return `SERVER_PROTOCOL is ${shown(protocol)}`;
    },
  },

  /**
   * Content-Type and Content-Length MUST be shown as CONTENT_TYPE and CONTENT_LENGTH alone, never
   * also as HTTP_CONTENT_TYPE or HTTP_CONTENT_LENGTH: two copies can differ.
   */
  "environ-content-headers": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S21", "S22", "V4"],
    remedy: "leave it out: CONTENT_TYPE and CONTENT_LENGTH say it",
    evidence: (environ) => {
      const name = ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"].find((each) => each in environ);
      return name === undefined ? undefined : `${name} is ${shown(environ[name])}`;
    },
  },

  /**
   * The request field Proxy SHOULD NOT be shown: as HTTP_PROXY it would set the proxy of programs
   * that take that name for an environment variable's.
   */
  "environ-proxy": {
    side: "server",
    level: "SHOULD",
    section: "environ Variables",
    source: "CVE-2016-5385",
    rows: [],
    remedy: "drop the field Proxy of requests",
    evidence: ({ HTTP_PROXY: proxy }) =>
      proxy === undefined ? undefined : `HTTP_PROXY is ${shown(proxy)}`,
  },

  /** `wsgi.version` MUST be 1 and 0: the array `[1, 0]`, in Python the tuple `(1, 0)`. */
  "environ-wsgi-version": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S33a", "V7"],
    remedy: { typescript: "give [1, 0]", python: "give the tuple (1, 0)" },
    evidence: ({ "wsgi.version": version }) => {
      if (version === undefined) return undefined;
      const isRight =
        Array.isArray(version) && version.length === 2 && version[0] === 1 && version[1] === 0;
      return isRight ? undefined : `wsgi.version is ${versionShown(version)}`;
    },
  },

  /** `wsgi.url_scheme` MUST be `http` or `https`, by which the client reached the server. */
  "environ-url-scheme": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S33b", "V8"],
    remedy: 'give "http" or "https"',
    evidence: ({ "wsgi.url_scheme": scheme }) => {
      if (scheme === undefined || scheme === "http" || scheme === "https") return undefined;
      return `wsgi.url_scheme is ${shown(scheme)}`;
    },
  },

  /**
   * `wsgi.multithread`, `wsgi.multiprocess` and `wsgi.run_once` MUST be true or false: whether the
   * application may be called while another call of it has not ended, in this process or in
   * another, and whether it is called once only. In TypeScript `wsgi.multithread` is true wherever
   * a second call may begin while the promise of a first is pending.
   */
  "environ-flags": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: ["S33e", "S33f", "S33g"],
    remedy: "give true or false",
    evidence: (environ) => {
      const name = FLAGS.find(
        (flag) => environ[flag] !== undefined && typeof environ[flag] !== "boolean",
      );
      return name === undefined ? undefined : `${name} is ${shown(environ[name])}`;
    },
  },

  /**
   * A variable of a server's or a middleware's own SHOULD be named in lower-case letters, digits,
   * dots and underscores, behind a prefix that no other uses: `portico.closed`.
   */
  "environ-extension-names": {
    side: "server",
    level: "SHOULD",
    section: "environ Variables",
    rows: ["S6", "S34"],
    remedy: "name it prefix.name, in lower-case letters, digits, dots and underscores",
    evidence: (environ) => {
      const name = Object.keys(environ).find(
        (key) => !isCgiVariable(key) && !/^[a-z0-9_]+\.[a-z0-9_.]+$/.test(key),
      );
      return name === undefined ? undefined : `an extension is named ${shown(name)}`;
    },
  },

  /**
   * `portico.client_disconnected` MUST be a function without parameters, in Python any callable, that
   * returns whether the client has closed its side of the connection, or nobody waits for the answer.
   */
  "environ-client-disconnected": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: [],
    remedy: "give a function, or leave it out",
    evidence: ({ "portico.client_disconnected": hasLeft }) =>
      notCallable("portico.client_disconnected", hasLeft),
  },

  /**
   * `portico.upgrade` MUST be a function, and there only where the request asks for another protocol. It
   * takes headers, or nothing, and returns the connection as a duplex stream of Node.js.
   */
  "environ-upgrade": {
    side: "server",
    level: "MUST",
    section: "environ Variables",
    rows: [],
    only: "typescript",
    remedy: "give a function, or leave it out",
    evidence: ({ "portico.upgrade": upgrade }) => notCallable("portico.upgrade", upgrade),
  },

  /**
   * `wsgi.input` MUST have `read(size?)`, `readline(size?)`, `readlines(hint?)` and be an async
   * iterable of lines. The first two resolve to bytes, the third to an array of them.
   */
  "environ-input": {
    side: "server",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["S33c", "S36", "S40", "S41", "V9"],
    remedy: {
      typescript: "give it read, readline, readlines and [Symbol.asyncIterator]",
      python: "give it read, readline, readlines and __iter__",
    },
    evidence: ({ "wsgi.input": input }) => lacking("wsgi.input", input, INPUT_METHODS),
  },

  /** `wsgi.errors` MUST have `write(text)`, `writelines(texts)` and `flush()`. */
  "environ-errors": {
    side: "server",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["S33d", "S43", "V9"],
    remedy: "give it write, writelines and flush",
    evidence: ({ "wsgi.errors": errors }) => lacking("wsgi.errors", errors, ERROR_METHODS),
  },
};

function isCgiVariable(name: string): boolean {
  // A field name may hold a dot, and then its variable does.
  return !name.includes(".") || name.startsWith("HTTP_");
}

function cgiVariables(environ: AnyEnviron): [name: string, value: unknown][] {
  return Object.entries(environ).filter(([name]) => isCgiVariable(name));
}

function versionShown(version: unknown): string {
  return Array.isArray(version) ? `[${version.map(shown).join(", ")}]` : shown(version);
}
