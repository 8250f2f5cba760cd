/** Applications under lint and in the hands of a small server, with what lint finds. */
import { runApplication } from "../../src/gateway/run-application.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import { type LintSurroundings, makeLint } from "../../src/wsgi/lint.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";

/** What has become of one request. */
export interface Answered {
  readonly status: string;
  readonly body: string;
  /** What the server was thrown. */
  readonly error: unknown;
}

/** An input that gives these bytes and then the end. */
export function inputOf(text: string): Environ["wsgi.input"] {
  let rest: Uint8Array = Buffer.from(text, "latin1");
  const take = (size: number): Uint8Array => {
    const taken = rest.subarray(0, size);
    rest = rest.subarray(taken.length);
    return taken;
  };
  const line = (): Uint8Array => take(rest.indexOf(10) + 1 || rest.length);
  return {
    read: async (size = rest.length) => take(size < 0 ? rest.length : size),
    readline: async (size = rest.length) => take(Math.min(size, rest.indexOf(10) + 1 || size)),
    readlines: async () => {
      const lines: Uint8Array[] = [];
      while (rest.length > 0) lines.push(line());
      return lines;
    },
    async *[Symbol.asyncIterator]() {
      while (rest.length > 0) yield line();
    },
  };
}

/** A correct environ, of a POST with the body `hello`, and what it should have instead. */
export function environWith(changes: Readonly<Record<string, unknown>> = {}): Environ {
  const environ: Environ = {
    REQUEST_METHOD: "POST",
    SCRIPT_NAME: "/shop",
    PATH_INFO: "/caf\u00c3\u00a9",
    QUERY_STRING: "a=%20b",
    SERVER_NAME: "localhost",
    SERVER_PORT: "8000",
    SERVER_PROTOCOL: "HTTP/1.1",
    CONTENT_TYPE: "text/plain",
    CONTENT_LENGTH: "5",
    HTTP_HOST: "localhost",
    "wsgi.version": [1, 0],
    "wsgi.url_scheme": "http",
    "wsgi.input": inputOf("hello"),
    "wsgi.errors": { write() {}, writelines: (lines) => void [...lines], flush() {} },
    "wsgi.multithread": true,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
  };
  const all = Object.entries({ ...environ, ...changes });
  // As correct, or not, as the test wants it.
  const entries: [string, unknown][] = all.filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as Environ;
}

/** Plays the server's part to the end, as Portico does. */
export async function answer(
  application: Application,
  environ: Environ = environWith(),
): Promise<Answered> {
  let status = "";
  let body = "";
  let error: unknown;
  const writer = {
    takesMoreData: true,
    holdsBytes: false,
    writeHead: (head: { readonly status: string }) => {
      status = head.status;
    },
    write: (chunk: Uint8Array) => {
      body += Buffer.from(chunk).toString("latin1");
      return undefined;
    },
    end() {},
    respond(head: { readonly status: string }, chunks: readonly Uint8Array[]) {
      writer.writeHead(head);
      for (const chunk of chunks) writer.write(chunk);
      return undefined;
    },
  };
  try {
    await runApplication(application, environ, writer);
  } catch (thrown) {
    error = thrown;
  }
  return { status, body, error };
}

/** Lint that keeps what it finds. */
export class KeptFindings {
  readonly findings: Finding[] = [];
  readonly #surroundings: LintSurroundings;

  constructor(surroundings: LintSurroundings = {}) {
    this.#surroundings = surroundings;
  }

  readonly lint = (application: Application): Application =>
    makeLint(this.#surroundings)(application, {
      onFinding: (finding) => this.findings.push(finding),
    });

  /** The names of the rules that were broken, each once, in the order of the alphabet. */
  get rules(): string[] {
    return [...new Set(this.findings.map(({ rule }) => rule))].sort();
  }
}
