/** What a server says of itself to those who watch it; no application and no worker is asked for it. */
import type { Application } from "../wsgi/types.ts";

/** Paths as they stand in a request, without a query; they come before the application's own. */
export interface HealthPaths {
  /** Answered 200 for as long as the server answers at all. */
  readonly path?: string;
  /** Answered 200 while requests are wanted; else 503, with the reason. */
  readonly readyPath?: string;
}

export class HealthChecks {
  readonly #paths: HealthPaths;
  readonly #isAlive: Application;
  readonly #isReady: Application;

  constructor(paths: HealthPaths, whyNotReady: () => string | undefined) {
    this.#paths = paths;
    this.#isAlive = answering(() => undefined);
    this.#isReady = answering(whyNotReady);
  }

  /** What answers for this path; undefined where it is the application's. */
  applicationFor(rawPath: string): Application | undefined {
    if (rawPath === this.#paths.path) return this.#isAlive;
    return rawPath === this.#paths.readyPath ? this.#isReady : undefined;
  }
}

const PLAIN: readonly (readonly [string, string])[] = [
  ["Content-Type", "text/plain; charset=utf-8"],
  // An answer of a minute ago is no news.
  ["Cache-Control", "no-store"],
];

function answering(whyNot: () => string | undefined): Application {
  return (environ, startResponse) => {
    const plain = PLAIN.map(([name, value]): [string, string] => [name, value]);
    const method = environ.REQUEST_METHOD;
    if (method !== "GET" && method !== "HEAD") {
      startResponse("405 Method Not Allowed", [...plain, ["Allow", "GET, HEAD"]]);
      return [];
    }
    const why = whyNot();
    startResponse(why === undefined ? "200 OK" : "503 Service Unavailable", plain);
    return [Buffer.from(`${why ?? "ok"}\n`)];
  };
}
