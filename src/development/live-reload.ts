/**
 * `--live`: pages that load themselves again when a file changes. A script is put into each page; it
 * listens to a stream of events on the page's own origin, which no other origin is given.
 */
import { randomBytes } from "node:crypto";
import { headerValue, removeHeader, setHeader } from "../wsgi/header-list.ts";
import type {
  Application,
  Environ,
  HeaderList,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import { LIVE_SCRIPT, VERSION_ATTRIBUTE } from "./live-script.ts";

/** Paths of its own, which hide files of that name. */
const SCRIPT_PATH = "/_portico/live.js";
const EVENTS_PATH = "/_portico/live";

/** An event without a word keeps proxies and deadlines from taking silence for the end; in milliseconds. */
const HEARTBEAT = 10_000;

export class LiveReload {
  /** Of this server: whoever was told by another has to look again. */
  readonly #started = randomBytes(6).toString("hex");
  #reloads = 0;
  #styles = 0;
  #isClosed = false;
  readonly #listeners = new Set<() => void>();
  readonly #pagePolicy: string | undefined;

  /** `pagePolicy` is the Content-Security-Policy of the server's own pages, which a nonce opens for this script alone. */
  constructor(pagePolicy?: string) {
    this.#pagePolicy = pagePolicy;
  }

  readonly middleware: Middleware = (application) => (environ, startResponse) => {
    if (environ.PATH_INFO === SCRIPT_PATH) return giveScript(environ, startResponse);
    if (environ.PATH_INFO === EVENTS_PATH) return this.#giveEvents(environ, startResponse);
    const live = { version: this.#version, pagePolicy: this.#pagePolicy };
    return answerWithScript(application, live, environ, startResponse);
  };

  /** Files have changed. */
  changed(paths: readonly string[]): void {
    if (paths.every((path) => path.toLowerCase().endsWith(".css"))) this.#styles += 1;
    else this.#reloads += 1;
    for (const wake of this.#listeners) wake();
  }

  /** Ends all streams of events. */
  close(): void {
    this.#isClosed = true;
    for (const wake of this.#listeners) wake();
  }

  /** What a page is made from, a dot, and its style sheets. */
  get #version(): string {
    return `${this.#started}-${this.#reloads}.${this.#styles}`;
  }

  #giveEvents(environ: Environ, startResponse: StartResponse): ResponseBody {
    if (!isOfSameOrigin(environ)) {
      startResponse("403 Forbidden", [["Content-Length", "0"]]);
      return [];
    }
    startResponse("200 OK", [
      ["Content-Type", "text/event-stream"],
      ["Cache-Control", "no-store"],
    ]);
    return environ.REQUEST_METHOD === "HEAD" ? [] : this.#events(environ["portico.closed"]);
  }

  /** The version, and each that follows. */
  async *#events(closed: AbortSignal | undefined): AsyncGenerator<Buffer> {
    let wake: () => void = () => {};
    const tell = (): void => wake();
    const isOver = (): boolean => this.#isClosed || closed?.aborted === true;
    this.#listeners.add(tell);
    closed?.addEventListener("abort", tell);
    try {
      let told: string | undefined;
      while (!isOver()) {
        const version = this.#version;
        yield Buffer.from(version === told ? ":\n\n" : `data: ${version}\n\n`);
        told = version;
        if (this.#version !== told || isOver()) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, HEARTBEAT);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } finally {
      closed?.removeEventListener("abort", tell);
      this.#listeners.delete(tell);
    }
  }
}

/** Fetch Metadata says it; where a browser does not send that, Origin is sent by other sites' pages. */
function isOfSameOrigin(environ: Environ): boolean {
  const { HTTP_SEC_FETCH_SITE: site, HTTP_ORIGIN: origin, HTTP_HOST: host } = environ;
  if (site !== undefined) return site === "same-origin" || site === "none";
  return origin === undefined || origin === `${environ["wsgi.url_scheme"]}://${host}`;
}

function giveScript(environ: Environ, startResponse: StartResponse): ResponseBody {
  const script = Buffer.from(LIVE_SCRIPT);
  startResponse("200 OK", [
    ["Content-Type", "text/javascript; charset=utf-8"],
    ["Content-Length", String(script.length)],
    ["Cache-Control", "no-cache"],
  ]);
  return environ.REQUEST_METHOD === "HEAD" ? [] : [script];
}

/** A page with the script in it is another representation than its file: it has no validators. */
const FIELDS_OF_FILE = ["ETag", "Last-Modified", "Accept-Ranges", "Cache-Control"];

interface LivePage {
  readonly version: string;
  readonly pagePolicy: string | undefined;
}

const CSP = "Content-Security-Policy";

async function answerWithScript(
  application: Application,
  { version, pagePolicy }: LivePage,
  environ: Environ,
  startResponse: StartResponse,
): Promise<ResponseBody> {
  let script: Buffer | undefined;
  const body = await application(unconditional(environ), (status, headers, excInfo) => {
    const policy = headerValue(headers, CSP);
    const isPage = takesScript(status, headers) && (policy === undefined || policy === pagePolicy);
    if (!isPage) return startResponse(status, headers, excInfo);
    const fields = headers.slice();
    for (const name of FIELDS_OF_FILE) removeHeader(fields, name);
    fields.push(["Cache-Control", "no-store"]);
    const nonce = policy === undefined ? undefined : randomBytes(16).toString("base64");
    if (nonce !== undefined) {
      setHeader(fields, CSP, `${policy}; script-src 'nonce-${nonce}'; connect-src 'self'`);
    }
    script = Buffer.from(element(environ, version, nonce));
    const length = Number(headerValue(fields, "Content-Length"));
    if (!Number.isNaN(length)) setHeader(fields, "Content-Length", String(length + script.length));
    return startResponse(status, fields, excInfo);
  });
  if (script === undefined || environ.REQUEST_METHOD === "HEAD") return body;
  return Array.isArray(body)
    ? [insert(Buffer.concat(body), script)]
    : withScriptBehind(body, script);
}

/** The script's element. */
function element({ SCRIPT_NAME }: Environ, version: string, nonce: string | undefined): string {
  const mount = SCRIPT_NAME.replace(NOT_IN_ATTRIBUTE, percentEncoded);
  const allowed = nonce === undefined ? "" : ` nonce="${nonce}"`;
  return `<script src="${mount}${SCRIPT_PATH}" ${VERSION_ATTRIBUTE}="${version}"${allowed}></script>\n`;
}

/** More than a path has to have encoded (RFC 3986 §3.3), and all that could end an attribute. */
const NOT_IN_ATTRIBUTE = /[^\w./~-]/g;

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** A page that a browser has from before has no script in it: it is to come again. */
function unconditional(environ: Environ): Environ {
  if (environ.HTTP_ACCEPT?.includes("text/html") !== true) return environ;
  const copy = { ...environ };
  delete copy.HTTP_IF_NONE_MATCH;
  delete copy.HTTP_IF_MODIFIED_SINCE;
  delete copy.HTTP_RANGE;
  return copy;
}

function takesScript(status: string, headers: HeaderList): boolean {
  const type = headerValue(headers, "Content-Type")?.toLowerCase() ?? "";
  return (
    !/^(?:1|204|206|304)/.test(status) &&
    type.startsWith("text/html") &&
    headerValue(headers, "Content-Encoding") === undefined
  );
}

/** Before the end of the page's body, or behind all. */
function insert(page: Buffer, script: Buffer): Buffer {
  const end = page.toString("latin1").toLowerCase().lastIndexOf("</body>");
  const at = end < 0 ? page.length : end;
  return Buffer.concat([page.subarray(0, at), script, page.subarray(at)]);
}

/** A parser takes what stands behind the end of a body for the body's (HTML Standard §13.2.6.4.19). */
function withScriptBehind(body: ResponseBody, script: Buffer): ResponseBody {
  return {
    async *[Symbol.asyncIterator]() {
      yield* body;
      yield script;
    },
    ...(body.close !== undefined && { close: () => body.close?.() }),
  };
}
