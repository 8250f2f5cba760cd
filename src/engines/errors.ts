/** Why an engine could not give an answer; `statusHint` is the status that says so. */

export class EngineError extends Error {
  readonly statusHint: number;
  /** Whether the log has been told, with more than is known further up. */
  readonly isLogged: boolean;
  /** Lint reads it: this is nothing that an application around the engine's has thrown. */
  readonly isFromServer = true;

  constructor(message: string, statusHint: number, isLogged: boolean) {
    super(message);
    this.name = new.target.name;
    this.statusHint = statusHint;
    this.isLogged = isLogged;
  }
}

/**
 * The client left before a worker was free. One that has closed its sending side alone reads the
 * 503; logs and counters take it for what it mostly is.
 */
export class ClientLeftError extends EngineError {
  readonly hasClientLeft = true;

  constructor() {
    super("the client left before a worker was free", 503, true);
  }
}

/** The application raised; its traceback is in the log. */
export class ApplicationFailedError extends EngineError {
  constructor(message: string) {
    super(message, 500, true);
  }
}

/** The worker died with the request half done; it may have had effects, so it is not run again. */
export class WorkerLostError extends EngineError {
  constructor(message: string) {
    super(message, 502, false);
  }
}

/** More requests wait than may, or one has waited too long. */
export class OverloadedError extends EngineError {
  /** After how many seconds another try may fare better. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 1) {
    super(message, 503, false);
    this.retryAfter = retryAfter;
  }
}

/** The application took longer than it may. */
export class ApplicationTimeoutError extends EngineError {
  constructor(message: string) {
    super(message, 504, true);
  }
}

/** The application cannot be loaded. `exitCode` is gunicorn's: 4 for that, 3 for a worker, 1 else. */
export class LoadError extends Error {
  override readonly name: string = "LoadError";
  readonly exitCode: number;
  /** The traceback, where the log has it already and the message does not. */
  readonly trace: string | undefined;

  constructor(message: string, exitCode: number, trace?: string) {
    super(message);
    this.exitCode = exitCode;
    this.trace = trace;
  }
}
