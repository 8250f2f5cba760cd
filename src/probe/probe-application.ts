/**
 * The application by which `portico probe` judges a server of TypeScript applications. Not for
 * production: it tells everybody what the environ holds.
 *
 * Mirrors python/probe/probe_application.py: the same paths, the same answers.
 */
import type {
  Application,
  Environ,
  InputStream,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import { Performance } from "./performance.ts";
import type { Script } from "./script.ts";
import { judgeOf, tellJudge } from "./tell-judge.ts";

const PIECE = 65_536;

/** The arguments are taken as they come, since they are judged too. */
export const application: Application = (...call): ResponseBody | Promise<ResponseBody> => {
  const [environ, startResponse] = call;
  if (environ.PATH_INFO.startsWith("/wrapped/")) return wrapped(environ, startResponse);
  const answer = ANSWERS[environ.PATH_INFO];
  if (answer !== undefined) return answer(environ, startResponse);
  return tellEnviron(environ, startResponse, { arguments: call.length, keywords: [] });
};

const ANSWERS: Readonly<Record<string, Application>> = {
  "/hello": hello,
  "/echo": echo,
  "/big": big,
  "/script": perform,
};

/** Behind a middleware that hands on everything by objects of its own. */
async function wrapped(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
  const inner = { ...environ, PATH_INFO: environ.PATH_INFO.slice("/wrapped".length) };
  const body = await application(inner, (...started) => {
    const write = startResponse(...started);
    return (data) => write(data);
  });
  return {
    async *[Symbol.asyncIterator]() {
      yield* body;
    },
    close: () => body.close?.(),
  };
}

function hello(_environ: Environ, startResponse: StartResponse): ResponseBody {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("hello")];
}

/** Reads to the end where the server says that there is one, else as far as CONTENT_LENGTH. */
async function echo(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
  const body = environ["wsgi.input"];
  const length = Number(environ.CONTENT_LENGTH ?? 0);
  const data = await (environ["wsgi.input_terminated"] ? body.read() : body.read(length));
  startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
  return [data];
}

function big(environ: Environ, startResponse: StartResponse): ResponseBody {
  const size = Number(query(environ, "size"));
  startResponse("200 OK", [
    ["Content-Type", "application/octet-stream"],
    ["Content-Length", String(size)],
  ]);
  return pieces(size);
}

function* pieces(size: number): Generator<Uint8Array> {
  const piece = Buffer.alloc(PIECE, "x");
  for (let start = 0; start < size; start += PIECE) yield piece.subarray(0, size - start);
}

function perform(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
  // Only a judge asks for it, with what it wrote itself.
  const script = JSON.parse(query(environ, "script")) as Script;
  return new Performance(environ, startResponse, script, judgeOf(environ)).begin();
}

async function tellEnviron(
  environ: Environ,
  startResponse: StartResponse,
  call: object,
): Promise<ResponseBody> {
  const facts = { ...call, ...factsOf(environ) };
  await tellJudge(judgeOf(environ), "environ", facts);
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [Buffer.from(JSON.stringify(facts))];
}

/** What the judge asks of an environ that no JSON can hold itself. */
function factsOf(environ: Environ): object {
  const entries = Object.entries(environ);
  const prototype: unknown = Object.getPrototypeOf(environ);
  return {
    strings: Object.fromEntries(entries.filter(([, value]) => typeof value === "string")),
    names: Object.keys(environ).sort(),
    isPlain: prototype === Object.prototype || prototype === null,
    notText: entries
      .filter(([name, value]) => !name.includes(".") && typeof value !== "string")
      .map(([name]) => name)
      .sort(),
    version: environ["wsgi.version"],
    versionIsTuple: Array.isArray(environ["wsgi.version"]),
    flags: Object.fromEntries(
      FLAGS.filter((name) => name in environ).map((name) => [name, Boolean(environ[name])]),
    ),
    inputLacks: lacks(environ["wsgi.input"], INPUT_METHODS),
    errorsLacks: lacks(environ["wsgi.errors"], ERRORS_METHODS),
    url: urlOf(environ),
    process: process.pid,
    thread: 0,
    language: `Node.js ${process.version}`,
  };
}

const FLAGS = [
  "wsgi.multithread",
  "wsgi.multiprocess",
  "wsgi.run_once",
  "wsgi.input_terminated",
] as const;
const INPUT_METHODS = [
  "read",
  "readline",
  "readlines",
  Symbol.asyncIterator,
] as const satisfies readonly (keyof InputStream)[];
const ERRORS_METHODS = ["write", "writelines", "flush"] as const;

function lacks(stream: unknown, methods: readonly (string | symbol)[]): string[] {
  const has = (name: string | symbol): boolean =>
    typeof stream === "object" &&
    stream !== null &&
    // Any name may be asked for.
    typeof (stream as Readonly<Record<string | symbol, unknown>>)[name] === "function";
  return methods.filter((name) => !has(name)).map(String);
}

/** PEP 3333, "URL Reconstruction". */
function urlOf(environ: Environ): string {
  const scheme = environ["wsgi.url_scheme"];
  const ownPort = scheme === "https" ? "443" : "80";
  const port = environ.SERVER_PORT === ownPort ? "" : `:${environ.SERVER_PORT}`;
  const host = environ.HTTP_HOST ?? environ.SERVER_NAME + port;
  const path = quoted(environ.SCRIPT_NAME || "/") + quoted(environ.PATH_INFO);
  const search = environ.QUERY_STRING === "" ? "" : `?${environ.QUERY_STRING}`;
  return `${scheme}://${host}${environ.SCRIPT_NAME === "" ? path.slice(1) : path}${search}`;
}

/** As Python's `urllib.parse.quote` does it, of bytes. */
function quoted(path: string): string {
  return path.replace(
    /[^A-Za-z0-9_.~/;=,-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The first value of a name in the query string. */
function query(environ: Environ, name: string): string {
  return new URLSearchParams(environ.QUERY_STRING).get(name) ?? "";
}
