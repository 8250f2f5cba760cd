/** An application that is not loaded yet: what it is asked meanwhile waits. */
import type { Application } from "../wsgi/types.ts";

class NotStartedError extends Error {
  override readonly name: string = "NotStartedError";
  readonly statusHint = 503;

  constructor() {
    super("the server stops before its application is loaded");
  }
}

export class HeldApplication {
  readonly #application: Application;
  readonly #settled: Promise<boolean>;
  #settle: (isLoaded: boolean) => void = () => {};

  constructor(application: Application) {
    this.#application = application;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  readonly call: Application = async (environ, startResponse) => {
    if (!(await this.#settled)) throw new NotStartedError();
    return this.#application(environ, startResponse);
  };

  /** Lets go on what waits, and returns the application, for what follows. */
  release(): Application {
    this.#settle(true);
    return this.#application;
  }

  /** What waits fails: the application will not be asked. */
  giveUp(): void {
    this.#settle(false);
  }
}
