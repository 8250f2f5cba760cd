/**
 * `--live`: pages that load themselves again when a file changes. A script is put into each page; it
 * listens to a stream of events on the page's own origin, which no other origin is given.
 */
import { headerValue, removeHeader, setHeader } from "../wsgi/header-list.ts";
import type {
  Application,
  Environ,
  HeaderList,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";

/** Paths of its own, which hide files of that name. */
const SCRIPT_PATH = "/_portico/live.js";
const EVENTS_PATH = "/_portico/live";

const SCRIPT = `(() => {
  const events = new EventSource(new URL("live", document.currentScript.src));
  let wasOpen = false;
  events.onopen = () => {
    if (wasOpen) location.reload();
    wasOpen = true;
  };
  events.addEventListener("reload", () => location.reload());
  events.addEventListener("style", () => {
    for (const link of document.querySelectorAll("link[rel~=stylesheet]")) {
      const url = new URL(link.href);
      if (url.origin !== location.origin) continue;
      url.searchParams.set("live", Date.now());
      link.href = url;
    }
  });
})();
`;

/** An event without a word keeps proxies and deadlines from taking silence for the end; in milliseconds. */
const HEARTBEAT = 10_000;

/** What a page is told; `style`: that style sheets alone have changed. */
export type LiveEvent = "reload" | "style";

const DOES: Readonly<Record<LiveEvent | "end", number>> = { style: 0, reload: 1, end: 2 };

export class LiveReload {
  readonly #listeners = new Set<(event: LiveEvent | "end") => void>();

  readonly middleware: Middleware = (application) => (environ, startResponse) => {
    if (environ.PATH_INFO === SCRIPT_PATH) return giveScript(environ, startResponse);
    if (environ.PATH_INFO === EVENTS_PATH) return this.#giveEvents(environ, startResponse);
    return answerWithScript(application, environ, startResponse);
  };

  /** Files have changed. */
  changed(paths: readonly string[]): void {
    const isStyle = paths.every((path) => path.toLowerCase().endsWith(".css"));
    for (const tell of this.#listeners) tell(isStyle ? "style" : "reload");
  }

  /** Ends all streams of events. */
  close(): void {
    for (const tell of this.#listeners) tell("end");
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
    return this.#events(environ["portico.closed"]);
  }

  async *#events(closed: AbortSignal | undefined): AsyncGenerator<Buffer> {
    let news: LiveEvent | "end" | undefined;
    let wake: () => void = () => {};
    const tell = (event: LiveEvent | "end"): void => {
      // A page that has not heard of the last one yet needs the one that does more.
      if (news === undefined || DOES[event] > DOES[news]) news = event;
      wake();
    };
    const leave = (): void => tell("end");
    this.#listeners.add(tell);
    closed?.addEventListener("abort", leave);
    try {
      yield Buffer.from("retry: 500\n\n");
      for (;;) {
        const event = news;
        news = undefined;
        if (event === "end") return;
        yield Buffer.from(event === undefined ? ":\n\n" : `event: ${event}\ndata:\n\n`);
        if (news !== undefined) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, HEARTBEAT);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } finally {
      closed?.removeEventListener("abort", leave);
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
  const script = Buffer.from(SCRIPT);
  startResponse("200 OK", [
    ["Content-Type", "text/javascript; charset=utf-8"],
    ["Content-Length", String(script.length)],
    ["Cache-Control", "no-cache"],
  ]);
  return environ.REQUEST_METHOD === "HEAD" ? [] : [script];
}

/** A page with the script in it is another representation than its file: it has no validators. */
const FIELDS_OF_FILE = ["ETag", "Last-Modified", "Accept-Ranges", "Cache-Control"];

async function answerWithScript(
  application: Application,
  environ: Environ,
  startResponse: StartResponse,
): Promise<ResponseBody> {
  const mount = environ.SCRIPT_NAME.replace(NOT_IN_ATTRIBUTE, percentEncoded);
  const script = Buffer.from(`<script src="${mount}${SCRIPT_PATH}"></script>\n`);
  let isPage = false;
  const body = await application(unconditional(environ), (status, headers, excInfo) => {
    isPage = takesScript(status, headers);
    if (!isPage) return startResponse(status, headers, excInfo);
    const fields = headers.slice();
    for (const name of FIELDS_OF_FILE) removeHeader(fields, name);
    fields.push(["Cache-Control", "no-store"]);
    const length = Number(headerValue(fields, "Content-Length"));
    if (!Number.isNaN(length)) setHeader(fields, "Content-Length", String(length + script.length));
    return startResponse(status, fields, excInfo);
  });
  if (!isPage || environ.REQUEST_METHOD === "HEAD") return body;
  return Array.isArray(body)
    ? [insert(Buffer.concat(body), script)]
    : withScriptBehind(body, script);
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

/** What a policy forbids is left out; a listing is such a page. */
function takesScript(status: string, headers: HeaderList): boolean {
  const type = headerValue(headers, "Content-Type")?.toLowerCase() ?? "";
  return (
    !/^(?:1|204|206|304)/.test(status) &&
    type.startsWith("text/html") &&
    headerValue(headers, "Content-Encoding") === undefined &&
    headerValue(headers, "Content-Security-Policy") === undefined
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
