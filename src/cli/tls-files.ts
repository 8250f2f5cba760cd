/** The files that `--tls-cert` and its companions name, as a server takes them. */
import { readFileSync } from "node:fs";
import { codeOf } from "../buffers/system-error.ts";
import { shown } from "../log/escapes.ts";
import { checkCredentials, type TlsCredentials, TlsError } from "../server/tls-credentials.ts";
import type { FolderSettings } from "./folder-settings.ts";

type TlsFiles = Pick<FolderSettings, "tlsCert" | "tlsKey" | "tlsPasswordFile">;

/** A file that holds no credentials, or not those that belong to the others; the message has flag and path. */
class TlsFileError extends Error {
  override readonly name = "TlsFileError";
  readonly exitCode = 1;
}

/** Which option gives each part of the credentials, and where it finds its path. */
const SOURCES: Readonly<
  Record<keyof TlsCredentials, { readonly flag: string; readonly setting: keyof TlsFiles }>
> = {
  cert: { flag: "--tls-cert", setting: "tlsCert" },
  key: { flag: "--tls-key", setting: "tlsKey" },
  passphrase: { flag: "--tls-password-file", setting: "tlsPasswordFile" },
};

/** Undefined where there is no `--tls-cert`. @throws {TlsFileError} */
export function readTlsFiles(files: TlsFiles): TlsCredentials | undefined {
  const cert = contentOf("cert", files);
  if (cert === undefined) return undefined;
  const [key, password] = [contentOf("key", files), contentOf("passphrase", files)];
  const credentials: TlsCredentials = {
    cert,
    ...(key !== undefined && { key }),
    ...(password !== undefined && { passphrase: password.toString("utf8").trim() }),
  };
  try {
    checkCredentials(credentials);
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    const { part, problem, missing, cause } = error;
    const remedy = missing === undefined ? "" : `; name its file with ${SOURCES[missing].flag}`;
    throw new TlsFileError(`${named(part, files)} ${problem}${remedy}`, { cause });
  }
  return credentials;
}

function contentOf(part: keyof TlsCredentials, files: TlsFiles): Buffer | undefined {
  const path = files[SOURCES[part].setting];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    const code = codeOf(error) || String(error);
    const reason = `cannot be read: ${REASONS[code] ?? code}`;
    throw new TlsFileError(`${named(part, files)} ${reason}`, { cause: error });
  }
}

function named(part: keyof TlsCredentials, files: TlsFiles): string {
  const { flag, setting } = SOURCES[part];
  return `${flag} ${shown(files[setting] ?? "")}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied; the server's user must be able to read it",
  EISDIR: "it is a directory",
};
