/** Tells when files of a directory have changed: once for what one save changes. */
import { basename, relative } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { ChangeBatch } from "./change-batch.ts";

/** Directories of tools, with more files than pages have, and none of theirs. */
const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", "__pycache__"]);

export class FolderWatcher {
  readonly #watcher: FSWatcher;
  readonly #changes: ChangeBatch;
  /** Resolves when changes are seen from then on. */
  readonly ready: Promise<void>;

  /** `directory` is no symbolic link. `onChange` gets paths below the directory, `onTrouble` that some changes may not be seen. */
  constructor(
    directory: string,
    onChange: (paths: readonly string[]) => void,
    onTrouble: (error: unknown) => void,
  ) {
    this.#changes = new ChangeBatch(onChange);
    this.#watcher = watch(directory, {
      ignored: (path) => path !== directory && isPassedOver(basename(path)),
      // What a link leads to is watched where it is, or is outside: a link to / would be all there is.
      followSymlinks: false,
      ignoreInitial: true,
      ignorePermissionErrors: true,
    });
    this.#watcher.on("error", onTrouble);
    this.ready = new Promise((resolve) => {
      this.#watcher.once("ready", () => {
        // Not before: links that are found are told of as if they were new.
        this.#watcher.on("all", (_event, path) => this.#changes.add(relative(directory, path)));
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#changes.close();
    return this.#watcher.close();
  }
}

function isPassedOver(name: string): boolean {
  return name.startsWith(".") || PASSED_OVER.has(name);
}
