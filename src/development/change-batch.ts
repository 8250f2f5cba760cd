/** Changes that belong together: what one save changes is told once. */

/** An editor that saves several files, or one in several steps, does so within this, in milliseconds. */
const ONE_SAVE = 60;

export class ChangeBatch {
  readonly #tell: (paths: readonly string[]) => void;
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** `tell` gets the paths in order, when a while has passed without another. */
  constructor(tell: (paths: readonly string[]) => void) {
    this.#tell = tell;
  }

  add(path: string): void {
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const paths = [...this.#changed].sort();
      this.#changed.clear();
      this.#tell(paths);
    }, ONE_SAVE);
  }

  /** What has not been told is not told any more. */
  close(): void {
    clearTimeout(this.#timer);
  }
}
