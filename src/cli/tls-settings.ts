/** The settings of TLS: gunicorn's for an application, those of Python's `http.server` for a directory. */
import { quoted } from "../log/escapes.ts";
import type { TlsPart } from "../server/tls-credentials.ts";
import { SettingError, UsageError } from "./errors.ts";
import { longFlag, type Setting, type SettingTable } from "./setting.ts";
import { lastOf, optionalText, type SettingType } from "./setting-types.ts";

export interface TlsSettings {
  readonly certfile: string | undefined;
  readonly keyfile: string | undefined;
  readonly tlsPasswordFile: string | undefined;
  readonly caCerts: string | undefined;
  /** Python's ssl.CERT_NONE, CERT_OPTIONAL and CERT_REQUIRED. */
  readonly certReqs: 0 | 1 | 2;
  readonly ciphers: string | undefined;
}

export interface FolderTlsSettings {
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly tlsPasswordFile: string | undefined;
}

const certReqs: SettingType<TlsSettings["certReqs"]> = {
  shape: "number",
  read(texts, origin) {
    const text = lastOf(texts);
    const found = ([0, 1, 2] as const).find((value) => String(value) === text);
    if (found !== undefined) return found;
    throw new SettingError(origin, `${quoted(text)} is not 0, 1 or 2`);
  },
  show: String,
};

const FILE = {
  section: "TLS",
  metavar: "PATH",
  type: optionalText,
  default: undefined,
} as const;

const tlsPasswordFile: Setting<string | undefined> = {
  ...FILE,
  flags: ["--tls-password-file"],
  help: "The file with the password of the private key.",
};

export const TLS_SETTINGS: SettingTable<TlsSettings> = {
  certfile: {
    ...FILE,
    flags: ["--certfile"],
    help: "Serve HTTPS in place of HTTP, with the certificate chain of this file, in PEM (docs/tls.md).",
  },
  keyfile: {
    ...FILE,
    flags: ["--keyfile"],
    help: "The certificate's private key, in PEM; without it, it is in the file of --certfile.",
  },
  tlsPasswordFile,
  caCerts: {
    ...FILE,
    flags: ["--ca-certs"],
    help: "Who may sign the certificates of clients, in PEM; nobody else is believed.",
  },
  certReqs: {
    section: "TLS",
    flags: ["--cert-reqs"],
    metavar: "INT",
    type: certReqs,
    default: 0,
    help: "Whether clients are asked for a certificate: 0 no; 1 yes, and those without one are served too; 2 yes, and they are not.",
  },
  ciphers: {
    section: "TLS",
    flags: ["--ciphers"],
    metavar: "STRING",
    type: optionalText,
    default: undefined,
    help: "The ciphers that may be agreed on, as openssl ciphers takes them; without it, those of Node.js. Those of TLS 1.3 stay, unless some are named.",
  },
};

export const FOLDER_TLS_SETTINGS: SettingTable<FolderTlsSettings> = {
  tlsCert: {
    ...FILE,
    flags: ["--tls-cert"],
    help: "Serve HTTPS with the certificate chain of this file, in PEM.",
  },
  tlsKey: {
    ...FILE,
    flags: ["--tls-key"],
    help: "The certificate's private key, in PEM; without it, it is in the file of --tls-cert.",
  },
  tlsPasswordFile,
};

/** What a command was told of a part of TLS, and by which flag, if it was. */
export interface TlsWord {
  readonly flag: string;
  readonly text: string | undefined;
}

/** Those of a command: each has its own flags. */
export type TlsWords = { readonly cert: TlsWord } & Readonly<Partial<Record<TlsPart, TlsWord>>>;

/** @throws {UsageError} */
export function applicationTls(settings: TlsSettings): TlsWords {
  const { certfile, keyfile, tlsPasswordFile: password, caCerts, ciphers } = settings;
  const table = TLS_SETTINGS;
  return checked({
    cert: wordOf(table.certfile, certfile),
    key: wordOf(table.keyfile, keyfile),
    passphrase: wordOf(table.tlsPasswordFile, password),
    ca: wordOf(table.caCerts, caCerts),
    clientCertificates: wordOf(
      table.certReqs,
      settings.certReqs === 0 ? undefined : String(settings.certReqs),
    ),
    ciphers: wordOf(table.ciphers, ciphers),
  });
}

/** @throws {UsageError} */
export function folderTls({ tlsCert, tlsKey, tlsPasswordFile }: FolderTlsSettings): TlsWords {
  const table = FOLDER_TLS_SETTINGS;
  return checked({
    cert: wordOf(table.tlsCert, tlsCert),
    key: wordOf(table.tlsKey, tlsKey),
    passphrase: wordOf(table.tlsPasswordFile, tlsPasswordFile),
  });
}

function wordOf(setting: { readonly flags: readonly string[] }, text: string | undefined): TlsWord {
  return { flag: longFlag(setting), text };
}

/** Without a certificate there would be no TLS, whatever else is said of it. */
function checked(words: TlsWords): TlsWords {
  if (words.cert.text !== undefined) return words;
  const given = Object.values(words).find(({ text }) => text !== undefined);
  if (given === undefined) return words;
  // The words of Python's http.server.
  throw new UsageError(`${given.flag} requires ${words.cert.flag} to be set`);
}
