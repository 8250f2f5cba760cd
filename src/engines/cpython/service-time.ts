/**
 * How long a worker takes for one request, as far as its gateway can see, and
 * so whether one more would be done there sooner than a sleeping worker is
 * awake. All times are milliseconds. Pure.
 */

/** Work that may wait at one worker while another sleeps: to wake one costs time too. */
const MAX_WAITING_WORK = 0.8;

export class ServiceTime {
  #milliseconds = MAX_WAITING_WORK;

  /** So many answers came at once, the oldest of them to a request sent `age` ago. */
  answered(age: number, count: number): void {
    const difference = age / count - this.#milliseconds;
    // Delays of the gateway itself make ages too long, so the shorter ones tell more.
    this.#milliseconds += difference / (difference < 0 ? 2 : 32);
  }

  /** Whether a worker that has so many requests should get one more before another is woken. */
  isWorthFilling(requests: number): boolean {
    return requests > 0 && requests * this.#milliseconds < MAX_WAITING_WORK;
  }
}
