/** Runs an application for a server that is not Portico's. */
import type { ResponseWriter } from "../gateway/response-writer.ts";
import { runApplication } from "../gateway/run-application.ts";
import { Later } from "../wsgi/later.ts";
import type { Application, Environ } from "../wsgi/types.ts";

/** One of the two is called, once, and as soon as can be: before this returns, for a whole answer. */
export interface Outcome {
  ended(): void;
  failed(error: unknown): void;
}

export function run(
  application: Application,
  environ: Environ,
  writer: ResponseWriter,
  outcome: Outcome,
): void {
  let running: Promise<void> | undefined;
  try {
    running = runApplication(application, environ, writer);
  } catch (error) {
    outcome.failed(error);
    return;
  }
  const ended = (): void => outcome.ended();
  const failed = (error: unknown): void => outcome.failed(error);
  if (running === undefined) ended();
  else if (running instanceof Later) running.tell(ended, failed);
  else running.then(ended, failed);
}
