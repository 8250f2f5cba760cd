/** Directories of the system that Python may read and not change. */

/** Its arguments are what Emscripten gives it, and go on as they come. */
type Operation = (...args: readonly unknown[]) => unknown;

/** What Emscripten's file system is made of, as far as writing goes; its types leave it out. */
interface NodeFileSystem {
  readonly node_ops: Record<string, Operation>;
  readonly stream_ops: Record<string, Operation>;
}

interface Opened {
  readonly flags: number;
}

interface FileSystem {
  readonly filesystems: { readonly NODEFS: NodeFileSystem };
  readonly ErrnoError: new (errno: number) => Error;
}

const CHANGES = ["mknod", "rename", "unlink", "rmdir", "symlink", "setattr"] as const;

/** `O_ACCMODE`; of it, 0 reads alone. */
const ACCESS_MODE = 3;
/** `EROFS` in the numbers of WASI, which Emscripten has. */
const READ_ONLY_FILE_SYSTEM = 69;

export function refuseWriting(fs: FileSystem): void {
  const { node_ops: nodes, stream_ops: streams } = fs.filesystems.NODEFS;
  const refuse = (): never => {
    throw new fs.ErrnoError(READ_ONLY_FILE_SYSTEM);
  };
  for (const name of CHANGES) nodes[name] = refuse;
  const { open } = streams;
  if (open === undefined) return;
  streams.open = (...args) => {
    // Emscripten's own order of arguments.
    const { flags } = args[0] as Opened;
    return (flags & ACCESS_MODE) === 0 ? open(...args) : refuse();
  };
}
