/** What an application throws, shown where it was asked for: in development, and nowhere else. */
import { LendingBody } from "../buffers/lent-pieces.ts";
import { failurePage, failureText } from "../development/failure-page.ts";
import type {
  Environ,
  HeaderList,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import { OptionError } from "./option-error.ts";
import { isWholeBody, madeOf, whenReturned } from "./wrapped-body.ts";

export interface DebugErrorsOptions {
  /** If not given, whether `NODE_ENV` is `development`. */
  readonly development?: boolean;
}

/**
 * A page with the stack, its source and the request, as text where no HTML is asked for; the log has the
 * error all the same. Unless development is said, by `NODE_ENV` or the option, applications are left as
 * they are: not even called through.
 * @throws {OptionError} `development` is true, and `NODE_ENV` is `production`
 * @example
 * ```ts
 * import { debugErrors } from "portico/middleware/debug-errors";
 *
 * export default debugErrors()(application);
 * ```
 */
export function debugErrors(options: DebugErrorsOptions = {}): Middleware {
  const { NODE_ENV: stage } = process.env;
  const { development = stage === "development" } = options;
  if (!development) return (application) => application;
  if (stage === "production") {
    const problem = "is true, and NODE_ENV is production: it would show source to everybody";
    throw new OptionError("debugErrors", "development", problem);
  }
  return (application) => (environ, startResponse) => {
    const show: Show = (error) => showError(error, environ, startResponse);
    return whenReturned(
      () => application(environ, startResponse),
      (body) => guarded(body, show),
      show,
    );
  };
}

type Show = (error: unknown) => Uint8Array[];

/** What fails before its first byte is shown, too. */
function guarded(body: ResponseBody, show: Show): ResponseBody {
  if (isWholeBody(body) || body instanceof LendingBody) return body;
  return madeOf(body, Symbol.iterator in body ? items(body, show) : asyncItems(body, show));
}

function* items(body: Iterable<Uint8Array>, show: Show): Generator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    yield* show(error);
  }
}

async function* asyncItems(
  body: AsyncIterable<Uint8Array>,
  show: Show,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    yield* show(error);
  }
}

/** @throws `error` itself, where something was sent, or where it says its own status */
function showError(error: unknown, environ: Environ, startResponse: StartResponse): Uint8Array[] {
  // The client's fault, or the server's trouble: not the application's.
  if (error instanceof Error && "statusHint" in error) throw error;
  const isPage = environ.HTTP_ACCEPT?.includes("text/html") === true;
  const body = Buffer.from(isPage ? failurePage(error, environ) : failureText(error));
  const headers: HeaderList = [
    ["Content-Type", `text/${isPage ? "html" : "plain"}; charset=utf-8`],
    ["Content-Length", String(body.length)],
    ["Cache-Control", "no-store"],
    // Whatever the error quotes of the request, nothing of it runs.
    ["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"],
  ];
  const isError = error instanceof Error;
  const cause = isError ? error : new Error("what was thrown is no error", { cause: error });
  // PEP 3333: it throws the error again where the head has been sent.
  startResponse("500 Internal Server Error", headers, cause);
  environ["wsgi.errors"].write(failureText(error));
  return [body];
}
