/** The settings of files that the server itself sends: beside an application, and those that it names. */
import { quoted } from "../log/escapes.ts";
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { NO_VALUE, type SettingType } from "./setting-types.ts";

/** Directories by the path below which their files are. */
export type DirectoryTable = Readonly<Record<string, string>>;

export interface FilesSettings {
  readonly static: DirectoryTable;
  readonly sendfileRoot: readonly string[];
  readonly accelRedirect: DirectoryTable;
}

const directoryTable: SettingType<DirectoryTable> = {
  shape: "entries",
  read(texts, origin) {
    const table = new Map<string, string>();
    for (const text of texts) {
      const [path, directory] = entryOf(text, origin);
      if (table.has(path)) throw new SettingError(origin, `${quoted(path)} stands there twice`);
      table.set(path, directory);
    }
    return Object.fromEntries(table);
  },
  show: (table) =>
    Object.entries(table)
      .map(([path, directory]) => `${path}=${directory}`)
      .join(", ") || NO_VALUE,
};

/** `/static=DIR`; what follows the first equals sign is the directory's name, whatever is in it. */
function entryOf(text: string, origin: string): [path: string, directory: string] {
  const [, path, directory] = /^(\/[^=?#\s]*)=(.+)$/.exec(text) ?? [];
  if (path !== undefined && directory !== undefined) return [path, directory];
  throw new SettingError(origin, `${quoted(text)} is not PATH=DIR, such as /static=staticfiles`);
}

const directoryNames: SettingType<readonly string[]> = {
  shape: "texts",
  read: (texts, origin) =>
    texts.map((text) => {
      if (text !== "") return text;
      throw new SettingError(origin, "the value is empty");
    }),
  show: (names) => names.join(", ") || NO_VALUE,
};

export const FILES_SETTINGS: SettingTable<FilesSettings> = {
  static: {
    section: "Files",
    flags: ["--static"],
    metavar: "PATH=DIR",
    type: directoryTable,
    default: {},
    repeatable: true,
    help: "Answer GET and HEAD below PATH with the files in DIR, as /static=staticfiles; what is not there the application is asked for. Names with a hash never change for clients, other files are good for a minute, or always asked for with --reload (docs/static.md).",
  },
  sendfileRoot: {
    section: "Files",
    flags: ["--sendfile-root"],
    metavar: "DIR",
    type: directoryNames,
    default: [],
    repeatable: true,
    help: "Send the file that the application names in X-Sendfile, if it is in DIR, in place of the application's own body.",
  },
  accelRedirect: {
    section: "Files",
    flags: ["--accel-redirect"],
    metavar: "PATH=DIR",
    type: directoryTable,
    default: {},
    repeatable: true,
    help: "Send the file that the application names in X-Accel-Redirect: what follows PATH there is looked for in DIR, as with /protected/=media. No client can ask for it by that path.",
  },
};

/** Whether the server is to send any files itself: what does that is loaded then. */
export function servesFiles({
  static: table,
  sendfileRoot,
  accelRedirect,
}: FilesSettings): boolean {
  return !isEmpty(table) || sendfileRoot.length > 0 || !isEmpty(accelRedirect);
}

export function isEmpty(table: DirectoryTable): boolean {
  return Object.keys(table).length === 0;
}
