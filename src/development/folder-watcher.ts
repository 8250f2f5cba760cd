/** Tells when files of a directory have changed: once for what one save changes. */
import { basename, relative } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** An editor saves in several steps, and a build several files; in milliseconds. */
const ONE_SAVE = 60;

/** Directories of tools, with more files than pages have, and none of theirs. */
const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", "__pycache__"]);

export class FolderWatcher {
  readonly #watcher: FSWatcher;
  readonly #changed = new Set<string>();
  readonly #onChange: (paths: readonly string[]) => void;
  #timer: NodeJS.Timeout | undefined;
  /** Resolves when changes are seen from then on. */
  readonly ready: Promise<void>;

  /** `onChange` gets paths below the directory, `onTrouble` that some changes may not be seen. */
  constructor(
    directory: string,
    onChange: (paths: readonly string[]) => void,
    onTrouble: (error: unknown) => void,
  ) {
    this.#onChange = onChange;
    this.#watcher = watch(directory, {
      ignored: (path) => path !== directory && isPassedOver(basename(path)),
      ignoreInitial: true,
      ignorePermissionErrors: true,
    });
    this.#watcher.on("all", (_event, path) => this.#note(relative(directory, path)));
    this.#watcher.on("error", onTrouble);
    this.ready = new Promise((resolve) => {
      this.#watcher.once("ready", resolve);
    });
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#watcher.close();
  }

  #note(path: string): void {
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), ONE_SAVE);
  }

  #tell(): void {
    const paths = [...this.#changed].sort();
    this.#changed.clear();
    this.#onChange(paths);
  }
}

function isPassedOver(name: string): boolean {
  return name.startsWith(".") || PASSED_OVER.has(name);
}
