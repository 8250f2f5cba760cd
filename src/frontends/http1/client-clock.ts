/** The time that one client has: for what it does now, and for bodies on their way in and out. */
import type { Socket } from "node:net";
import type { Framing } from "../../http/events.ts";
import { AnswerPace, BodyPace } from "./pace.ts";
import type { ServerContext } from "./server-context.ts";
import { unsentBytes } from "./unsent-bytes.ts";

export class ClientClock {
  readonly #clock: ServerContext["clock"];
  readonly #timeouts: ServerContext["timeouts"];
  /** Of the request in hand, where it has a body. */
  #body: BodyPace | undefined;
  /** Made when it is first looked at: most answers are read before. */
  #answer: AnswerPace | undefined;
  /** How often an open request is looked at, in milliseconds. */
  readonly #lookInterval: number;
  #since = 0;
  /** When what the client does now has lasted too long, or is to be looked at. */
  deadline = 0;

  constructor({ clock, timeouts }: Pick<ServerContext, "clock" | "timeouts">) {
    const { body, write } = timeouts;
    this.#clock = clock;
    this.#timeouts = timeouts;
    // Several times while a client may be silent, so that one too slow is found soon after.
    this.#lookInterval = Math.min(body, write) / 4;
  }

  /** When the client last moved on, as far as it was looked at. */
  get movedAt(): number {
    return this.#answer?.movedAt ?? this.#since;
  }

  /** Something begins that may last so many milliseconds. */
  start(timeout: number): void {
    this.#since = this.#clock.now;
    this.deadline = this.#since + timeout;
  }

  /** The same goes on, for at most so many milliseconds from now and `longest` in all. */
  extend(timeout: number, longest: number): void {
    this.deadline = Math.min(this.#clock.now + timeout, this.#since + longest);
  }

  /** A request begins, which may take its time; its client may not. */
  startRequest({ kind }: Framing): void {
    this.start(this.#lookInterval);
    this.#body = undefined;
    if (kind !== "none") this.startBody();
  }

  /** The client is to send a body from here on, or is asked for it again. */
  startBody(): void {
    const { body: silence, minRate } = this.#timeouts;
    this.#body ??= new BodyPace({ silence, minRate });
    this.#body.start(this.#clock.now);
  }

  bodyTook(bytes: number): void {
    this.#body?.took(bytes, this.#clock.now);
  }

  pause(): void {
    this.#body?.pause(this.#clock.now);
  }

  resume(): void {
    this.#body?.resume(this.#clock.now);
  }

  /** Looks at how much of its answer the client has taken. */
  note(socket: Socket): void {
    const taken = socket.bytesWritten - unsentBytes(socket);
    const { write: silence, minRate } = this.#timeouts;
    this.#answer ??= new AnswerPace({ silence, minRate });
    this.#answer.note(taken, socket.writableLength > 0, this.#clock.now);
  }

  /** Which body, if any, the client moves too slowly; `awaitsBody` says that its own is waited for. */
  look(socket: Socket, awaitsBody: boolean): "answer" | "body" | undefined {
    const { now } = this.#clock;
    const deadline = this.#body?.deadline ?? Infinity;
    const next = now + this.#lookInterval;
    this.deadline = awaitsBody && deadline > now ? Math.min(next, deadline) : next;
    this.note(socket);
    if (this.#answer?.isTooSlow(now) === true) return "answer";
    return awaitsBody && socket.writableLength === 0 && now >= deadline ? "body" : undefined;
  }
}
