/**
 * Lint: a middleware that judges both of its sides, server and application, by the rules of the
 * contract (src/wsgi/lint/*-rules.ts), and changes nothing of what happens between them.
 */
import { CALL_RULES, RETURN_RULES } from "./lint/call-rules.ts";
import { type AnyEnviron, ENVIRON_RULES } from "./lint/environ-rules.ts";
import { Exchange, type Stopwatch } from "./lint/exchange.ts";
import type { Finding, OnFinding } from "./lint/finding.ts";
import { formatFinding } from "./lint/format-finding.ts";
import { type Collect, KeptEnvirons } from "./lint/kept-environs.ts";
import { ToldFindings } from "./lint/told-findings.ts";
import { isWholeList, watchedBody } from "./lint/watched-body.ts";
import { type AnyFunction, watchedStartResponse } from "./lint/watched-response.ts";
import { watchedErrors, watchedInput } from "./lint/watched-streams.ts";
import type { Application, ErrorStream, InputStream } from "./types.ts";

/** Where a lint finds that of the middleware around its application. */
const OUTER_KEY = "portico.lint";

/** Characters of a path that tell it from others; the rest is the client's to fill. */
const MAX_PATH = 200;

export interface LintOptions {
  /**
   * Is told of each finding, again with each request. Without it, that of the lint around this one is;
   * without that, each is a line in `wsgi.errors`, once.
   */
  readonly onFinding?: OnFinding;
}

/** What is not for this floor to reach. */
export interface LintSurroundings {
  /** Without it, nobody is told that an application blocks the event loop. */
  readonly stopwatch?: Stopwatch;
  /** Without it, nobody is told of an environ that is kept but not changed. */
  readonly collect?: Collect;
  /** Is told of each call of a lint within the application; what stands between is judged there. */
  readonly onInnerLint?: () => void;
}

export type Lint = (application: Application, options?: LintOptions) => Application;

/** Makes the middleware for the place where it runs. */
export function makeLint(surroundings: LintSurroundings = {}): Lint {
  return (application, options = {}) => {
    const watch = new Watch(application, options.onFinding, surroundings);
    // Called as its type says or not: lint judges that, too.
    return ((...parameters: unknown[]) => watch.call(parameters)) as Application;
  };
}

/** The findings that stand in a log already, of all lints of the process. */
const TOLD = new ToldFindings();

/** Bodies that may be forgotten before they are closed. */
const BODIES = new FinalizationRegistry<Exchange>((exchange) => exchange.collected());

/** One application under lint. */
class Watch {
  readonly #application: Application;
  readonly #onFinding: OnFinding | undefined;
  readonly #stopwatch: Stopwatch | undefined;
  readonly #kept: KeptEnvirons;
  readonly #onInnerLint: (() => void) | undefined;

  constructor(
    application: Application,
    onFinding: OnFinding | undefined,
    { stopwatch, collect, onInnerLint }: LintSurroundings,
  ) {
    this.#application = application;
    this.#onFinding = onFinding;
    this.#stopwatch = stopwatch;
    this.#kept = new KeptEnvirons(collect);
    this.#onInnerLint = onInnerLint;
  }

  call(parameters: readonly unknown[]): unknown {
    const [environ, startResponse, ...more] = parameters;
    const values = (isObject(environ) ? environ : {}) as Record<string, unknown>;
    const exchange = this.#begin(values);
    exchange.judge(CALL_RULES, { application: this.#application, parameters });
    if (values === environ) exchange.judge(ENVIRON_RULES, values);
    const isHead = values.REQUEST_METHOD === "HEAD";
    const start =
      typeof startResponse === "function"
        ? watchedStartResponse(startResponse as AnyFunction, exchange, isHead)
        : startResponse;
    if (Object.isExtensible(environ)) watchEnviron(values, exchange);
    // The environ is the application's from here on, and may be gone when the response is over.
    const ended = new WeakRef(values);
    const onOver = (): void => {
      exchange.over();
      if (exchange.outer === undefined) this.#kept.add(ended, exchange);
    };
    return this.#answer([environ, start, ...more], exchange, onOver);
  }

  #begin(environ: AnyEnviron): Exchange {
    const errors = environ["wsgi.errors"];
    const { REQUEST_METHOD, SCRIPT_NAME, PATH_INFO } = environ;
    const path = asText(SCRIPT_NAME) + asText(PATH_INFO);
    const outer = outerOf(environ[OUTER_KEY]);
    return new Exchange({
      request: `${asText(REQUEST_METHOD) || "?"} ${path.slice(0, MAX_PATH)}`,
      onFinding: this.#onFinding ?? outer?.onFinding ?? ((finding) => tell(finding, errors)),
      stopwatch: this.#stopwatch,
      onInner: this.#onInnerLint,
      outer,
    });
  }

  #answer(parameters: readonly unknown[], exchange: Exchange, onOver: () => void): unknown {
    // A number of arguments that is wrong is passed on as it is.
    const application = this.#application as AnyFunction;
    let result: unknown;
    try {
      result = exchange.run("the application", () => application(...parameters));
    } catch (error) {
      onOver();
      throw error;
    }
    if (!(result instanceof Promise)) return this.#watched(result, exchange, onOver);
    return result.then(
      (body) => this.#watched(body, exchange, onOver),
      (error) => {
        onOver();
        throw error;
      },
    );
  }

  #watched(body: unknown, exchange: Exchange, onOver: () => void): unknown {
    exchange.judge(RETURN_RULES, { body });
    const isWhole = isWholeList(body);
    if (isWhole || !isWatchable(body)) {
      exchange.returned("whole");
      if (isWhole) exchange.gaveList(body);
      onOver();
      return body;
    }
    exchange.returned("in parts");
    const watched = watchedBody(body, exchange, onOver);
    if (exchange.hasClose) BODIES.register(watched, exchange);
    return watched;
  }
}

/** The lint around the one that finds this: the innermost whose application is at work. */
function outerOf(found: unknown): Exchange | undefined {
  let outer = found instanceof Exchange ? found : undefined;
  while (outer !== undefined && !outer.isRunning) outer = outer.outer;
  return outer;
}

/** Also shows the lint within where this one is. */
function watchEnviron(environ: Record<string, unknown>, exchange: Exchange): void {
  const length = environ.CONTENT_LENGTH;
  const input = environ["wsgi.input"];
  const errors = environ["wsgi.errors"];
  const isKnown = typeof length === "string" && /^[0-9]+$/.test(length);
  const endsByItself = environ["wsgi.input_terminated"] === true;
  put(environ, OUTER_KEY, exchange);
  // What they lack has been judged; it is lacking behind the watch, too.
  if (isObject(input)) {
    const left = isKnown && !endsByItself ? Number(length) : undefined;
    put(environ, "wsgi.input", watchedInput(input as unknown as InputStream, exchange, left));
  }
  if (isObject(errors)) {
    put(environ, "wsgi.errors", watchedErrors(errors as unknown as ErrorStream, exchange));
  }
  const upgrade = environ["portico.upgrade"];
  if (typeof upgrade === "function") {
    put(environ, "portico.upgrade", watchedUpgrade(upgrade as AnyFunction, exchange));
  }
}

function watchedUpgrade(upgrade: AnyFunction, exchange: Exchange): AnyFunction {
  return (...parameters) => {
    const connection = upgrade(...parameters);
    exchange.isTakenOver = true;
    return connection;
  };
}

/** Where an environ does not take it, nothing is watched. */
function put(environ: Record<string, unknown>, name: string, value: unknown): void {
  try {
    Reflect.set(environ, name, value);
  } catch {
    // A setter's or a proxy's error, of an environ that is no plain object: that is judged elsewhere.
  }
}

/** What is neither is passed on as it is, for the server to refuse. */
function isWatchable(body: unknown): body is object {
  if (!isObject(body) || ArrayBuffer.isView(body)) return false;
  return Symbol.iterator in body || Symbol.asyncIterator in body;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whatever is wrong with the log, it is the server's to see, and costs the request nothing. */
function tell(finding: Finding, errors: unknown): void {
  if (!isObject(errors) || !("write" in errors) || typeof errors.write !== "function") return;
  if (!TOLD.isNew(finding)) return;
  try {
    errors.write(`${formatFinding(finding, "typescript")}\n`);
  } catch {
    // It is told nowhere else.
  }
}
