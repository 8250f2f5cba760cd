/**
 * USR2: a new server starts on the same sockets, with the program, the Node.js and the configuration
 * that are on the disk now, and serves beside this one until one of the two is told to end.
 */
import type { Logger } from "../log/logger.ts";
import { describeExit } from "../processes/worker-process.ts";
import type { Listener } from "../server/listeners.ts";
import {
  type Launch,
  type PassedSocket,
  type Predecessor,
  type StartedServer,
  startAnother,
  tellStarter,
} from "./launch.ts";
import { type PidFile, PidFileError } from "./pid-file.ts";

export interface UpgradeOptions {
  readonly launch: Launch;
  readonly pidFile: PidFile | undefined;
  readonly listeners: () => readonly Listener[];
  readonly log: Logger;
}

/** Which other server there is; one at a time. */
type Other =
  | { readonly kind: "none" }
  /** The one that has started this one. */
  | { readonly kind: "before"; readonly server: Predecessor }
  | { readonly kind: "starting" }
  | { readonly kind: "beside"; readonly pid: number };

const NONE: Other = { kind: "none" };

const REFUSALS: Readonly<Record<Exclude<Other["kind"], "none">, string>> = {
  before: "the one that has started this one still runs; tell one of the two to end first",
  starting: "one is being started",
  beside: "there is one already; tell one of the two to end first",
};

export class Upgrade {
  readonly #options: UpgradeOptions;
  #other: Other = NONE;
  /** Resolves when no server before this one runs any more. */
  readonly alone: Promise<void>;
  #markAlone: () => void = () => {};

  constructor(options: UpgradeOptions) {
    this.#options = options;
    this.alone = new Promise((resolve) => {
      this.#markAlone = resolve;
    });
    const { starter } = options.launch;
    if (starter?.kind === "predecessor") this.#other = { kind: "before", server: starter };
    else this.#markAlone();
  }

  /** The number of a new server that is ready. */
  get successor(): number | undefined {
    return this.#other.kind === "beside" ? this.#other.pid : undefined;
  }

  async ready(): Promise<void> {
    if (this.#other.kind !== "before") return;
    const { server } = this.#other;
    await tellStarter({ portico: "ready" });
    if (process.connected) process.once("disconnect", () => this.#takePlaceOf(server));
    else this.#takePlaceOf(server);
  }

  /** What comes of it is in the log; `announce` ends before the new server starts. */
  async begin(announce: () => Promise<void>): Promise<void> {
    const { log } = this.#options;
    if (this.#other.kind !== "none") {
      log.warning(`No new server: ${REFUSALS[this.#other.kind]}`);
      return;
    }
    this.#other = { kind: "starting" };
    log.info("Starting a new server on the same sockets");
    const sockets = this.#options.listeners().map(passed);
    try {
      await announce();
      this.#share([]);
      await this.#runBeside(this.#start(sockets));
    } catch (error) {
      // No process could be made.
      log.error(`The new server cannot be started, and this one goes on: ${error}`);
    }
    this.#other = NONE;
    this.#share(sockets);
  }

  async #runBeside({ process: { pid = 0 }, outcome, exited }: StartedServer): Promise<void> {
    const { log } = this.#options;
    const start = await outcome;
    if (start.portico === "failed") {
      // Only then another can be started: whoever reads the line may ask for it.
      await exited;
      log.error(`The new server is not ready, and this one goes on: ${start.message}`);
      return;
    }
    this.#other = { kind: "beside", pid };
    log.info(`The new server (pid:${pid}) is ready; TERM to pid ${process.pid} leaves all to it`);
    const exit = await exited;
    log.warning(`The new server (pid:${pid}) ${describeExit(exit)}; this one goes on`);
  }

  #start(sockets: readonly PassedSocket[]): StartedServer {
    return startAnother(this.#options.launch, {
      starter: { kind: "predecessor", pid: process.pid, sockets },
      stdio: ["inherit", "inherit", "inherit"],
      sockets: this.#options.listeners().map(({ descriptor }) => descriptor),
    });
  }

  #takePlaceOf({ pid, sockets }: Predecessor): void {
    const { log, pidFile } = this.#options;
    log.info(`The server before (pid:${pid}) has ended; this one has its place`);
    this.#other = NONE;
    this.#share(sockets);
    this.#markAlone();
    try {
      pidFile?.takeFinalName();
    } catch (error) {
      if (!(error instanceof PidFileError)) throw error;
      log.error(error.message);
    }
  }

  /** What is bound by Portico is shared while there are two servers. */
  #share(sockets: readonly PassedSocket[]): void {
    for (const [index, listener] of this.#options.listeners().entries()) {
      listener.isShared = sockets[index]?.isShared ?? true;
    }
  }
}

function passed({ address, isShared }: Listener): PassedSocket {
  return { address, isShared };
}
