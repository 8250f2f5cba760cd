/** Runs an application and tells how that ended: at once where it is done on return. */
import type { ResponseWriter } from "../../gateway/response-writer.ts";
import { runApplication } from "../../gateway/run-application.ts";
import { Later } from "../../wsgi/later.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

/** One of the first two is called, once a run. */
export interface RunEvents {
  applicationEnded(): void;
  applicationFailed(error: unknown): void;
  /** What was called threw: a mistake of this server. */
  broke(error: unknown): void;
}

/** Made once for all runs, one after the other, so that a request costs no closures. */
export class ApplicationRun {
  readonly #events: RunEvents;

  constructor(events: RunEvents) {
    this.#events = events;
  }

  start(application: Application, environ: Environ, writer: ResponseWriter): void {
    try {
      const running = runApplication(application, environ, writer);
      if (running === undefined) this.#ended();
      else if (running instanceof Later) running.tell(this.#ended, this.#failed);
      else running.then(this.#ended, this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  readonly #ended = (): void => {
    try {
      this.#events.applicationEnded();
    } catch (error) {
      this.#events.broke(error);
    }
  };

  readonly #failed = (error: unknown): void => {
    try {
      this.#events.applicationFailed(error);
    } catch (secondError) {
      this.#events.broke(secondError);
    }
  };
}
