/** Directories of the system that Python may read and not change. */

/** Its arguments are what Emscripten gives it, and go on as they come. */
type Operation = (...args: readonly unknown[]) => unknown;

/** What Emscripten's file system is made of, as far as writing goes; its types leave it out. */
interface NodeFileSystem {
  readonly node_ops: Record<string, Operation>;
  readonly stream_ops: Record<string, Operation>;
}

interface Node {
  readonly mount: { readonly mountpoint: string };
}

interface Opened {
  readonly node: Node;
  readonly flags: number;
}

interface FileSystem {
  readonly filesystems: { readonly NODEFS: NodeFileSystem };
  readonly ErrnoError: new (errno: number) => Error;
}

/** Each with the node that it would change as its first argument; a rename's are a file and its new directory. */
const CHANGES = ["mknod", "rename", "unlink", "rmdir", "symlink", "setattr"] as const;

/** `O_ACCMODE`; of it, 0 reads alone. */
const ACCESS_MODE = 3;
/** `EROFS` in the numbers of WASI, which Emscripten has. */
const READ_ONLY_FILE_SYSTEM = 69;

export function refuseWriting(fs: FileSystem, directories: readonly string[]): void {
  const readOnly = new Set(directories);
  const { node_ops: nodes, stream_ops: streams } = fs.filesystems.NODEFS;
  const mustBeWritable = ({ mount }: Node): void => {
    if (readOnly.has(mount.mountpoint)) throw new fs.ErrnoError(READ_ONLY_FILE_SYSTEM);
  };
  for (const name of CHANGES) {
    const change = nodes[name];
    if (change === undefined) continue;
    nodes[name] = (...args) => {
      // Emscripten's own order of arguments.
      mustBeWritable(args[0] as Node);
      return change(...args);
    };
  }
  const { open } = streams;
  if (open === undefined) return;
  streams.open = (...args) => {
    const { node, flags } = args[0] as Opened;
    if ((flags & ACCESS_MODE) !== 0) mustBeWritable(node);
    return open(...args);
  };
}
