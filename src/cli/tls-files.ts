/** The files that a command's settings of TLS name, as a server takes them. */
import { readFileSync } from "node:fs";
import { codeOf } from "../buffers/system-error.ts";
import { shown } from "../log/escapes.ts";
import { TlsError, type TlsPart } from "../server/tls-credentials.ts";
import { checkTls, type TlsOptions } from "../server/tls-options.ts";
import { UsageError } from "./errors.ts";
import type { TlsWords } from "./tls-settings.ts";

/** A file that holds no credentials, or not those that belong to the others; the message has flag and path. */
export class TlsFileError extends Error {
  override readonly name = "TlsFileError";
  readonly exitCode = 1;
}

/** Of `--cert-reqs`. */
const CLIENT_CERTIFICATES: ReadonlyMap<string, "optional" | "required"> = new Map([
  ["1", "optional"],
  ["2", "required"],
]);

/**
 * Undefined where no certificate is named.
 * @throws {TlsFileError}
 * @throws {UsageError} what is wrong is in no file
 */
export function readTlsFiles(words: TlsWords): TlsOptions | undefined {
  const cert = contentOf("cert", words);
  if (cert === undefined) return undefined;
  const [key, ca] = [contentOf("key", words), contentOf("ca", words)];
  const passphrase = contentOf("passphrase", words)?.trim();
  const asked = CLIENT_CERTIFICATES.get(words.clientCertificates?.text ?? "");
  const ciphers = words.ciphers?.text;
  const options: TlsOptions = {
    cert,
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(ca !== undefined && { ca }),
    ...(asked !== undefined && { clientCertificates: asked }),
    ...(ciphers !== undefined && { ciphers }),
  };
  try {
    checkTls(options);
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw inWordsOf(words, error);
  }
  return options;
}

function contentOf(part: TlsPart, words: TlsWords): string | undefined {
  const path = words[part]?.text;
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = codeOf(error) || String(error);
    const reason = `cannot be read: ${REASONS[code] ?? code}`;
    throw new TlsFileError(`${named(part, words)} ${reason}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied; the server's user must be able to read it",
  EISDIR: "it is a directory",
};

/** Values that stand in the settings themselves. */
const IN_NO_FILE: readonly TlsPart[] = ["clientCertificates", "ciphers"];

function inWordsOf(words: TlsWords, { part, problem, missing, cause }: TlsError): Error {
  const flag = missing === undefined ? undefined : words[missing]?.flag;
  const remedy = flag === undefined ? "" : `; name its file with ${flag}`;
  const message = `${named(part, words)} ${problem}${remedy}`;
  return IN_NO_FILE.includes(part)
    ? new UsageError(message, { cause })
    : new TlsFileError(message, { cause });
}

/** The flag with its value. */
export function named(part: TlsPart, words: TlsWords): string {
  const { flag, text = "" } = words[part] ?? words.cert;
  return `${flag} ${shown(text)}`;
}
