/** The words that, as the first argument, ask for something other than serving. */

export interface Subcommand {
  /** What follows the word. */
  readonly usage: string;
  /** One sentence for `portico --help`. */
  readonly help: string;
  /** Runs it with the arguments behind its word; ends the process with its status. */
  run(argv: readonly string[]): Promise<void>;
}

/** Each is loaded when it is asked for: serving is to start without them. */
export const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map([
  [
    "check",
    {
      usage: "[OPTIONS] TARGET",
      help: "Try an application out and report which rules of PEP 3333 it breaks.",
      run: async (argv) => (await import("./check.ts")).check(argv),
    },
  ],
  [
    "ctl",
    {
      usage: "[OPTIONS] COMMAND",
      help: "Ask a running server how it fares, reload it, stop it, count its workers up or down.",
      run: async (argv) => (await import("./ctl.ts")).ctl(argv),
    },
  ],
  [
    "http.server",
    {
      usage: "[OPTIONS] [PORT]",
      help: "Serve the files of a directory, with the options of python3 -m http.server and more.",
      run: async (argv) => (await import("./serve-folder.ts")).serveFolder(argv, "http.server"),
    },
  ],
  [
    "probe",
    {
      usage: "[OPTIONS] URL",
      help: "Judge a WSGI server, this one or another, by what PEP 3333 requires of servers.",
      run: async (argv) => (await import("./probe.ts")).probe(argv),
    },
  ],
  [
    "static",
    {
      usage: "[OPTIONS] [PORT]",
      help: "The same as http.server.",
      run: async (argv) => (await import("./serve-folder.ts")).serveFolder(argv, "static"),
    },
  ],
]);
