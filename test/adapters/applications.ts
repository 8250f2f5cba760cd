/** Applications that the tests of adapters share. */
import { text } from "../../src/messages/http-response.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";

/** What a test wants to see of an environ. */
export function telling(...names: readonly (keyof Environ)[]): Application {
  return toApplication(({ environ }) =>
    text(JSON.stringify(Object.fromEntries(names.map((name) => [name, environ[name]])))),
  );
}

/** Sends back what it is sent, piece by piece. */
export const echo: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", environ.CONTENT_TYPE ?? "text/plain"]]);
  return pieces(environ);
};

async function* pieces(environ: Environ): AsyncGenerator<Uint8Array> {
  const input = environ["wsgi.input"];
  for (let piece = await input.read(16_384); piece.length > 0; piece = await input.read(16_384)) {
    yield piece;
  }
}

/** A body whose making can be watched: it goes on for as long as it is asked, and tells when it is closed. */
export class Endless {
  made = 0;
  readonly closed: Promise<void>;
  readonly application: Application;

  constructor() {
    let tell = (): void => {};
    this.closed = new Promise((resolve) => {
      tell = resolve;
    });
    this.application = (_environ, startResponse) => {
      startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
      const body = this.#chunks();
      return Object.assign(body, { close: tell });
    };
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      this.made += 1;
      yield Buffer.alloc(65_536, "x");
    }
  }
}
