/** Protocol errors by whose fault they are. */

export abstract class ProtocolError extends Error {
  /** The status a server might answer with. */
  readonly statusHint: number;

  constructor(message: string, statusHint = 400) {
    super(message);
    this.name = new.target.name;
    this.statusHint = statusHint;
  }
}

/** The other side broke the protocol. Answer with `statusHint`, then close. */
export class RemoteProtocolError extends ProtocolError {}

/** This side asked for something the protocol forbids. */
export class LocalProtocolError extends ProtocolError {
  constructor(message: string, statusHint = 500) {
    super(message, statusHint);
  }
}
