/** Where an application reports what it does, and is held until its judge lets it go on. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** An application that has reached a point. */
export interface Arrival {
  /** What it told there beside the point's name; undefined if nothing. */
  readonly told: unknown;
  /** Called again, it does nothing. */
  goOn(): void;
}

export class Checkpoint implements AsyncDisposable {
  readonly #server: Server;
  readonly #patience: number;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<string, Arrival[]>();
  readonly #told = new Map<string, unknown[]>();
  readonly #open = new Set<string>();
  #arrived: (() => void)[] = [];

  private constructor(patience: number) {
    this.#patience = patience;
    this.#server = createServer((socket) => this.#take(socket));
  }

  /** `patience` is how long an application is waited for, in milliseconds. */
  static async open(
    host = "127.0.0.1",
    patience: number = Number.POSITIVE_INFINITY,
  ): Promise<Checkpoint> {
    const checkpoint = new Checkpoint(patience);
    await new Promise<void>((resolve, reject) => {
      checkpoint.#server.once("error", reject);
      checkpoint.#server.listen(0, host, resolve);
    });
    return checkpoint;
  }

  get port(): number {
    // It listens on a port, so its address has one.
    return (this.#server.address() as AddressInfo).port;
  }

  /** What an application of the tests has to be told to find it: `checkpoint=PORT`. */
  get query(): string {
    return `checkpoint=${this.port}`;
  }

  /** Resolves when an application has reached this point, with what lets it go on. */
  async reached(point: string): Promise<() => void> {
    const { goOn } = await this.arrival(point);
    return goOn;
  }

  /**
   * Resolves when an application has reached this point; each arrival is given once.
   * @throws {Error} none does while there is patience
   */
  async arrival(point: string): Promise<Arrival> {
    const deadline = performance.now() + this.#patience;
    for (;;) {
      const arrival = this.#waiting.get(point)?.shift();
      if (arrival !== undefined) return arrival;
      if (!(await this.#somethingArrives(deadline - performance.now()))) {
        const quoted = JSON.stringify(point);
        throw new Error(`the application did not reach ${quoted} in ${this.#patience} ms`);
      }
    }
  }

  /** Lets an application go on from this point as soon as it has reached it. */
  async pass(point: string): Promise<void> {
    const goOn = await this.reached(point);
    goOn();
  }

  /** From now on nobody is held at this point. */
  letThrough(point: string): void {
    this.#open.add(point);
    for (const { goOn } of this.#waiting.get(point) ?? []) goOn();
  }

  /** What was told at this point so far, by each that reached it. */
  told(point: string): readonly unknown[] {
    return this.#told.get(point) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** False if nothing has in so many milliseconds. */
  async #somethingArrives(longest: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const arrived = await new Promise<boolean>((resolve) => {
      this.#arrived.push(() => resolve(true));
      if (Number.isFinite(longest)) timer = setTimeout(() => resolve(false), Math.max(longest, 0));
    });
    clearTimeout(timer);
    return arrived;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.once("error", () => socket.destroy());
    let text = "";
    socket.setEncoding("latin1").on("data", (data: string) => {
      text += data;
      if (!text.endsWith("\n")) return;
      const [point = "", told] = text.slice(0, -1).split("\t");
      this.#note(point, {
        told: told === undefined ? undefined : JSON.parse(told),
        goOn: () => socket.end("\n"),
      });
    });
  }

  #note(point: string, arrival: Arrival): void {
    this.#told.set(point, [...this.told(point), arrival.told]);
    this.#waiting.set(point, [...(this.#waiting.get(point) ?? []), arrival]);
    if (this.#open.has(point)) arrival.goOn();
    for (const arrived of this.#arrived.splice(0)) arrived();
  }
}
