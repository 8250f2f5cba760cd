/** The requests that a worker has answered last: of these it may still have something to say. */
import type { LogSubject } from "../../log/log-subject.ts";

/** More than threads of a worker end their requests while one of them still writes to its log. */
const MAX_KEPT = 64;

export class LastSubjects {
  readonly #streamIds: number[] = [];
  readonly #subjects: LogSubject[] = [];
  #next = 0;

  add(streamId: number, about: LogSubject): void {
    this.#streamIds[this.#next] = streamId;
    this.#subjects[this.#next] = about;
    this.#next = (this.#next + 1) % MAX_KEPT;
  }

  get(streamId: number): LogSubject | undefined {
    return this.#subjects[this.#streamIds.indexOf(streamId)];
  }
}
