/** Protocol errors by whose fault they are. */
import { REFUSALS, type RefusalName } from "./refusals.ts";

export abstract class ProtocolError extends Error {
  /** The status a server might answer with. */
  readonly statusHint: number;

  constructor(message: string, statusHint: number) {
    super(message);
    this.name = new.target.name;
    this.statusHint = statusHint;
  }
}

/** The other side broke the protocol. Answer with `statusHint`, then close. */
export class RemoteProtocolError extends ProtocolError {
  readonly refusal: RefusalName;

  /** `detail` says more to the log: never the client's own words, unless they are a token. */
  constructor(refusal: RefusalName, detail?: string) {
    const { says, status } = REFUSALS[refusal];
    super(detail === undefined ? says : `${says}: ${detail}`, status);
    this.refusal = refusal;
  }
}

/** This side asked for something the protocol forbids. */
export class LocalProtocolError extends ProtocolError {
  constructor(message: string, statusHint = 500) {
    super(message, statusHint);
  }
}
