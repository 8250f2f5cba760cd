/** What `portico http.server` and `portico static` can be told: the options of Python's `http.server`, and more. */
import type { FieldList } from "../client/field-list.ts";
import { LocalProtocolError } from "../http/errors.ts";
import { makeResponseHead } from "../http/response-head.ts";
import { quoted } from "../log/escapes.ts";
import { parsePort } from "./bind-address.ts";
import { SettingError, UsageError } from "./errors.ts";
import { type CommandName, flagsOf, refused } from "./flags.ts";
import { readArguments, type Vocabulary } from "./given-arguments.ts";
import type { SettingTable } from "./setting.ts";
import { settle } from "./setting-sources.ts";
import {
  aSwitch,
  asItIs,
  aText,
  headerFields,
  lastOf,
  oneOf,
  type SettingType,
  wholeNumber,
} from "./setting-types.ts";
import {
  FOLDER_TLS_SETTINGS,
  type FolderTlsSettings,
  folderTls,
  type TlsWords,
} from "./tls-settings.ts";

const PROTOCOLS = ["HTTP/1.0", "HTTP/1.1"] as const;

export interface FolderSettings extends FolderTlsSettings {
  readonly bind: string;
  readonly directory: string;
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly header: FieldList;
  readonly index: readonly string[];
  readonly list: boolean;
  readonly noList: boolean;
  readonly dotfiles: boolean;
  readonly cache: number;
  readonly spa: boolean;
  readonly cors: boolean;
  readonly live: boolean;
  readonly open: boolean;
}

/** A host alone: the port is an argument of its own. */
const host: SettingType<string> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const [, name, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text) ?? [];
    if (name !== undefined && name !== "") {
      const remedy = `the port stands by itself: ${port} ${origin} ${name}`;
      throw new SettingError(origin, `${quoted(text)} has a port in it; ${remedy}`);
    }
    const plain = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
    if (plain === "" || /[\s/]/.test(plain)) {
      throw new SettingError(origin, `${quoted(text)} is no address or host name`);
    }
    return plain;
  },
  show: (text) => text,
};

/** What every answer may have: nothing that is the connection's, or one body's. */
const answerFields: SettingType<FieldList> = {
  ...headerFields,
  read(texts, origin) {
    const fields = headerFields.read(texts, origin);
    try {
      const { contentLength } = makeResponseHead("200 OK", fields);
      if (contentLength === undefined) return fields;
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error;
      throw new SettingError(origin, error.message, { cause: error });
    }
    throw new SettingError(origin, "Content-Length is each file's own");
  },
};

const fileNames: SettingType<readonly string[]> = {
  shape: "texts",
  read: (texts, origin) =>
    texts.map((text) => {
      if (/^[^/\\\0]+$/.test(text)) return text;
      throw new SettingError(origin, `${quoted(text)} is not a file's name`);
    }),
  show: (names) => names.join(", "),
};

export const FOLDER_SETTINGS: SettingTable<FolderSettings> = {
  bind: {
    section: "Server Socket",
    flags: ["-b", "--bind"],
    metavar: "ADDRESS",
    type: host,
    default: "127.0.0.1",
    help: "The address to listen on, IPv4, IPv6 or a host name; 0.0.0.0 or :: for all interfaces of this machine.",
  },
  directory: {
    section: "Folder",
    flags: ["-d", "--directory"],
    metavar: "DIRECTORY",
    type: aText,
    default: ".",
    help: "The directory to serve.",
  },
  index: {
    section: "Folder",
    flags: ["--index"],
    metavar: "NAME",
    type: fileNames,
    default: ["index.html", "index.htm"],
    repeatable: true,
    help: "The file that stands for its directory; of several the first that is there.",
  },
  list: {
    section: "Folder",
    flags: ["--list"],
    type: aSwitch,
    default: true,
    help: "Show what is in a directory that has no index: as a page, or as JSON to who accepts that. It is so without this option.",
  },
  noList: {
    section: "Folder",
    flags: ["--no-list"],
    type: aSwitch,
    default: false,
    help: "Answer 404 for a directory that has no index.",
  },
  dotfiles: {
    section: "Folder",
    flags: ["--dotfiles"],
    type: aSwitch,
    default: false,
    help: "Serve and list names that begin with a dot, too; without it only /.well-known/ is served of them.",
  },
  cache: {
    section: "Folder",
    flags: ["--cache"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 0,
    help: "How long browsers need not ask again for a file; with 0 they always ask, and mostly get a 304.",
  },
  spa: {
    section: "Folder",
    flags: ["--spa"],
    type: aSwitch,
    default: false,
    help: "Answer with the index of the directory for paths that lead to no file and have no ending: for pages that read their path themselves.",
  },
  cors: {
    section: "Folder",
    flags: ["--cors"],
    type: aSwitch,
    default: false,
    help: "Let scripts of all sites read the files (Access-Control-Allow-Origin: *), and answer preflight requests.",
  },
  live: {
    section: "Folder",
    flags: ["--live"],
    type: aSwitch,
    default: false,
    help: "Have browsers load a page again when a file changes; where only style sheets change, these alone.",
  },
  open: {
    section: "Folder",
    flags: ["--open"],
    type: aSwitch,
    default: false,
    help: "Open the address in the browser.",
  },
  protocol: {
    section: "HTTP",
    flags: ["-p", "--protocol"],
    metavar: "VERSION",
    type: oneOf(PROTOCOLS, "is not HTTP/1.0 or HTTP/1.1", asItIs),
    default: "HTTP/1.1",
    help: "HTTP/1.0 closes each connection after its answer; HTTP/1.1 keeps it for the next request.",
  },
  header: {
    section: "HTTP",
    flags: ["-H", "--header"],
    metavar: "NAME VALUE",
    isPair: true,
    type: answerFields,
    default: [],
    repeatable: true,
    help: "A header field for every answer, in place of one that the answer has.",
  },
  ...FOLDER_TLS_SETTINGS,
};

const NO_CGI =
  "is not there: it ran programs of the directory for whoever asked, and Python has removed it (3.15); serve an application with portico TARGET";

/** The words that name the command. */
export type FolderWord = "http.server" | "static";

export interface FolderOrder {
  readonly kind: "serve";
  /** Undefined where the user left it to the command. */
  readonly port: number | undefined;
  readonly settings: FolderSettings;
  readonly tls: TlsWords;
}

/** @throws {UsageError} */
export function parseFolder(
  argv: readonly string[],
  word: FolderWord,
): FolderOrder | { readonly kind: CommandName } {
  const given = readArguments(argv, vocabularyOf(word));
  if (given.asked !== undefined) return { kind: given.asked };
  const { settings } = settle(FOLDER_SETTINGS, [given.layer]);
  const tls = folderTls(settings);
  return { kind: "serve", port: portOf(given.positionals, word), settings, tls };
}

function vocabularyOf(word: FolderWord): Vocabulary<FolderSettings> {
  const flags = new Map([...refused(["--cgi"], NO_CGI), ...flagsOf(FOLDER_SETTINGS)]);
  return { command: `portico ${word}`, settings: FOLDER_SETTINGS, flags };
}

function portOf(positionals: readonly string[], word: FolderWord): number | undefined {
  const [text, another] = positionals;
  if (text === undefined) return undefined;
  if (another !== undefined) {
    throw new UsageError(
      `two ports given, ${quoted(text)} and ${quoted(another)}; one is served on`,
    );
  }
  if (!/^\d+$/.test(text)) {
    const remedy = `a directory is named by portico ${word} --directory ${text}`;
    throw new SettingError("port", `${quoted(text)} is not a number; ${remedy}`);
  }
  return parsePort(text, "port");
}
