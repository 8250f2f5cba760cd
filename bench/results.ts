/** What one run of the benchmark found: the shape of bench/results.json, and of what is made of it. */

export interface Results {
  /** When the run began, ISO 8601. */
  readonly date: string;
  readonly cores: number;
  /** Software and its version: Node.js, CPython, each server, the load generators. */
  readonly versions: Readonly<Record<string, string>>;
  readonly works: readonly WorkResult[];
}

/** One row of work, done by each server in turns. Only servers of one work may be compared. */
export interface WorkResult {
  /** The name in the table of works, as `python-hello`. */
  readonly work: string;
  readonly title: string;
  /** The load in words: connections, size of bodies, seconds of a turn. */
  readonly load: string;
  /** What of a measurement the servers are ordered by. */
  readonly measure: Measure;
  readonly servers: readonly ServerResult[];
  /** When its servers took their turns, ISO 8601: works may be measured again one by one. */
  readonly date?: string;
}

export interface ServerResult {
  /** The name in the table of servers, as `gunicorn gthread`. */
  readonly server: string;
  /** Which of the server's rows this is where a work has several, as `10 idle`; in `server`, too. */
  readonly variant?: string;
  /** Who makes it: the settings of one software compete, and the best of them is compared. */
  readonly software: string;
  /** Its command line, or what its program does, as whoever wants to repeat it needs it. */
  readonly settings: string;
  /** One of each round; empty where it could not be measured. */
  readonly rounds: readonly Measurement[];
  /** Why it could not be measured, or not in every round. */
  readonly failure?: string;
}

/** What one turn measured; what the work does not measure is absent. */
export interface Measurement {
  readonly requestsPerSecond?: number;
  readonly bytesPerSecond?: number;
  /** User and system time of the process tree, divided by the requests it answered. */
  readonly cpuSecondsPerRequest?: number;
  /** Latencies in seconds. */
  readonly p50?: number;
  readonly p99?: number;
  readonly p999?: number;
  /** From the start of the process to its first answer. */
  readonly startSeconds?: number;
  /** Proportional set size of the process tree: memory that is shared counts once. */
  readonly residentBytes?: number;
  readonly bytesPerConnection?: number;
  /** Connections that were served at the same time, by Little's law. */
  readonly connectionsServed?: number;
  /** Connections refused, cut or timed out, and answers other than 2xx and 3xx. */
  readonly errors?: number;
}

export type Measure = Exclude<keyof Measurement, "errors">;
