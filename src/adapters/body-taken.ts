/** Somebody in front of the application has read the request's body: it cannot be read again. */
export class BodyTakenError extends Error {
  override readonly name: string = "BodyTakenError";

  constructor(options?: ErrorOptions) {
    super(
      "the request's body was read before the application was called: put the application in front of" +
        " body parsers such as express.json(), or give those a path of their own",
      options,
    );
  }
}
