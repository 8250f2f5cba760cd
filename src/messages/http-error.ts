/** Errors that are responses: thrown anywhere in a handler, answered by whoever called it. */
import { statusLine } from "../http/status.ts";
import { type HttpResponse, type ResponseOptions, text } from "./http-response.ts";

export class HttpError extends Error {
  override readonly name: string = "HttpError";
  /** From 400 to 599. */
  readonly status: number;
  readonly headers: ResponseOptions["headers"];

  /** Without a message it is the status' own words; the message is shown to the client. */
  constructor(
    status: number,
    message?: string,
    options: Pick<ResponseOptions, "headers"> & ErrorOptions = {},
  ) {
    super(message ?? statusLine(status), options);
    this.status = status;
    this.headers = options.headers;
  }

  response(): HttpResponse {
    const { status, headers, message } = this;
    return text(`${message}\n`, headers === undefined ? { status } : { status, headers });
  }
}
