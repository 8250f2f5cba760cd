/** Tells when sources have changed: once for what one save changes. */
import { existsSync, type Stats } from "node:fs";
import { join, relative } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { ChangeBatch } from "./change-batch.ts";
import { SourceFilter } from "./watched-sources.ts";

export interface SourceWatcherOptions {
  readonly directories: readonly string[];
  readonly extras: readonly string[];
  /** Looks once a second, where the system does not tell: mounts of containers, of networks. */
  readonly isPolling: boolean;
  /** Gets paths as they are seen from the working directory. */
  readonly onChange: (paths: readonly string[]) => void;
  /** Some changes may not be seen. */
  readonly onTrouble: (error: unknown) => void;
}

/** In milliseconds. */
const POLL_INTERVAL = 1_000;

export class SourceWatcher {
  readonly #filter: SourceFilter;
  readonly #watcher: FSWatcher;
  readonly #changes: ChangeBatch;
  /** Resolves when changes are seen from then on. */
  readonly ready: Promise<void>;

  constructor(options: SourceWatcherOptions) {
    this.#changes = new ChangeBatch(options.onChange);
    const { directories, extras, isPolling } = options;
    this.#filter = new SourceFilter({ directories, extras, isEnvironment });
    this.#watcher = watch([...this.#filter.roots], {
      ignored: (path, stats) => this.#ignores(path, stats),
      ignoreInitial: true,
      usePolling: isPolling,
      interval: POLL_INTERVAL,
      // A directory that may not be read holds nothing that the application could import.
      ignorePermissionErrors: true,
    });
    this.#watcher.on("all", (_event, path) => this.#note(path));
    this.#watcher.on("error", (error) => options.onTrouble(error));
    this.ready = new Promise((resolve) => {
      this.#watcher.once("ready", resolve);
    });
  }

  close(): Promise<void> {
    this.#changes.close();
    return this.#watcher.close();
  }

  /** Without `stats` it is not known yet what it is. */
  #ignores(path: string, stats: Stats | undefined): boolean {
    if (stats === undefined) return false;
    return stats.isDirectory()
      ? this.#filter.skipsDirectory(path)
      : !stats.isFile() || !this.#filter.watchesFile(path);
  }

  #note(path: string): void {
    if (this.#filter.watchesFile(path)) this.#changes.add(relative(process.cwd(), path));
  }
}

function isEnvironment(directory: string): boolean {
  return existsSync(join(directory, "pyvenv.cfg"));
}
