/** Server-Sent Events (HTML §9.2). */
import type { Environ, ResponseBody } from "../wsgi/types.ts";
import { LiveContent } from "./content.ts";
import { HttpResponse, type ResponseOptions } from "./http-response.ts";
import { LiveBody } from "./live-body.ts";
import { inTurn } from "./stream.ts";

export interface ServerSentEvent {
  /** What is no text is sent as JSON. */
  readonly data?: unknown;
  /** The event's name; a browser hears of `message` if not given. */
  readonly event?: string;
  /** What a browser says as `Last-Event-ID` when it comes again. */
  readonly id?: string;
  /** After how many milliseconds a browser comes again when the connection has ended. */
  readonly retry?: number;
  /** For nobody: browsers drop it. */
  readonly comment?: string;
}

/** Text alone is an event's data. */
export type Events = AsyncIterable<ServerSentEvent | string> | Iterable<ServerSentEvent | string>;

export interface EventsOptions extends ResponseOptions {
  /** Milliseconds of silence after which a comment is sent, so that nobody between ends the connection; 15,000. */
  readonly heartbeat?: number;
  /** As an event's, for all of them. */
  readonly retry?: number;
}

/** A name or an id with a line end in it would be another field; the message shows it. */
export class EventError extends TypeError {
  override readonly name: string = "EventError";
}

/** Ends when the client leaves, and when the events do: then a browser comes again, unless it is told 204. */
export function events(source: Events, options: EventsOptions = {}): HttpResponse {
  const { heartbeat = 15_000, retry, ...rest } = options;
  const response = new HttpResponse(new EventStream(source, heartbeat, retry), rest);
  response.setHeader("Content-Type", "text/event-stream");
  if (response.header("Cache-Control") === undefined) {
    response.setHeader("Cache-Control", "no-store");
  }
  // nginx would keep it back otherwise.
  return response.setHeader("X-Accel-Buffering", "no");
}

class EventStream extends LiveContent {
  readonly #source: Events;
  readonly #heartbeat: number;
  readonly #retry: number | undefined;

  constructor(source: Events, heartbeat: number, retry: number | undefined) {
    super();
    this.#source = source;
    this.#heartbeat = heartbeat;
    this.#retry = retry;
  }

  override open(environ: Environ): ResponseBody {
    const prologue = this.#retry === undefined ? ":\n\n" : formatEvent({ retry: this.#retry });
    const heartbeat = { every: this.#heartbeat, text: ":\n\n" };
    const encode = (event: ServerSentEvent | string): string =>
      formatEvent(typeof event === "string" ? { data: event } : event);
    return new LiveBody(inTurn(this.#source), environ, { encode, prologue, heartbeat });
  }
}

/** HTML §9.2.5. @throws {EventError} */
export function formatEvent({ data, event, id, retry, comment }: ServerSentEvent): string {
  const lines: string[] = [];
  if (comment !== undefined) lines.push(...linesOf(comment).map((line) => `: ${line}`));
  if (event !== undefined) lines.push(`event: ${oneLine("name", event)}`);
  if (id !== undefined) lines.push(`id: ${oneLine("id", id)}`);
  if (retry !== undefined) lines.push(`retry: ${milliseconds(retry)}`);
  if (data !== undefined) {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    lines.push(...linesOf(text).map((line) => `data: ${line}`));
  }
  return `${lines.join("\n")}\n\n`;
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function oneLine(what: string, text: string): string {
  // HTML §9.2.6: an id with NUL is ignored.
  if (!/[\r\n\0]/.test(text)) return text;
  throw new EventError(`the event's ${what} ${JSON.stringify(text)} has a line end or NUL`);
}

function milliseconds(retry: number): string {
  // HTML §9.2.6: ASCII digits alone.
  if (Number.isSafeInteger(retry) && retry >= 0) return String(retry);
  throw new EventError(`retry is ${retry}, not a whole number of milliseconds`);
}
