/** The memory of this process's container, as Linux counts it: control groups, version 1 or 2. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Version 1 says "no limit" with a number near 2^63. */
const NO_LIMIT = 2 ** 60;

export class MemoryCgroup {
  readonly #mount: string;
  readonly #directory: string;
  readonly #files: CgroupFiles;

  /** Undefined where there is none, or none that tells; `root` is where the system's files are. */
  static find(root = "/"): MemoryCgroup | undefined {
    const own = textOf(join(root, "proc/self/cgroup")) ?? "";
    const mounts = textOf(join(root, "proc/self/mounts")) ?? "";
    for (const files of [VERSION_1, VERSION_2]) {
      const path = files.own.exec(own)?.[1];
      const mounted = files.mount.exec(mounts)?.[1];
      if (path === undefined || mounted === undefined) continue;
      const mount = join(root, mounted);
      // Inside a container the path may be the host's: then the container's own group is the mount.
      const directory = [join(mount, path), mount].find((at) => existsSync(join(at, files.events)));
      if (directory !== undefined) return new MemoryCgroup(mount, directory, files);
    }
    return undefined;
  }

  private constructor(mount: string, directory: string, files: CgroupFiles) {
    this.#mount = mount;
    this.#directory = directory;
    this.#files = files;
  }

  /** The least of its own limit and of those of the groups around it, in bytes; Infinity without one. */
  get limit(): number {
    let least = Number.POSITIVE_INFINITY;
    for (let at = this.#directory; at.startsWith(this.#mount); at = dirname(at)) {
      const limit = Number(textOf(join(at, this.#files.limit)));
      if (limit > 0 && limit < NO_LIMIT) least = Math.min(least, limit);
      if (at === this.#mount) break;
    }
    return least;
  }

  /** The file that says how many processes were killed. */
  get eventsFile(): string {
    return join(this.#directory, this.#files.events);
  }

  /** How many processes of the group the kernel has killed for want of memory. */
  get oomKills(): number {
    return Number(/^oom_kill (\d+)$/m.exec(textOf(this.eventsFile) ?? "")?.[1] ?? 0);
  }
}

/** Where a version keeps what is asked for. */
interface CgroupFiles {
  /** The group's path, in /proc/self/cgroup. */
  readonly own: RegExp;
  /** Where the hierarchy is mounted, in /proc/self/mounts. */
  readonly mount: RegExp;
  readonly limit: string;
  readonly events: string;
}

const VERSION_1: CgroupFiles = {
  own: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m,
  mount: /^\S+ (\S+) cgroup (?:\S*,)?memory(?:,\S*)? /m,
  limit: "memory.limit_in_bytes",
  events: "memory.oom_control",
};

const VERSION_2: CgroupFiles = {
  own: /^0::(.*)$/m,
  mount: /^\S+ (\S+) cgroup2 /m,
  limit: "memory.max",
  events: "memory.events",
};

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // No such file here: another version, or no Linux.
    return undefined;
  }
}
