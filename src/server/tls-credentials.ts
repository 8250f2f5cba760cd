/** The certificate and the key of a server: whether they can be used, and what is wrong where they cannot. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

export interface TlsCredentials {
  /** In PEM: the server's certificate, behind it those that lead to one that clients know. */
  readonly cert: string | Buffer;
  /** In PEM; looked for in `cert` if not given. */
  readonly key?: string | Buffer;
  /** What an encrypted key is opened with. */
  readonly passphrase?: string;
}

/** What can be wrong: parts of {@link TlsCredentials}, and what stands beside them. */
export type TlsPart = keyof TlsCredentials | "ca" | "clientCertificates" | "ciphers";

/** TLS that no client could be served by; `part` is the one to put right. */
export class TlsError extends Error {
  override readonly name: string = "TlsError";
  readonly part: TlsPart;
  /** The message without the names of parts, for who knows them under others. */
  readonly problem: string;
  /** What would have to be given beside it. */
  readonly missing: TlsPart | undefined;

  constructor(
    part: TlsPart,
    problem: string,
    { missing, cause }: { readonly missing?: TlsPart; readonly cause?: unknown } = {},
  ) {
    const remedy = missing === undefined ? "" : `; give tls.${missing}`;
    super(`tls.${part} ${problem}${remedy}`, { cause });
    this.part = part;
    this.problem = problem;
    this.missing = missing;
  }
}

/** @throws {TlsError} they cannot be read, or do not belong together */
export function checkCredentials(credentials: TlsCredentials): X509Certificate {
  const certificate = readCertificate("cert", credentials.cert);
  if (!certificate.checkPrivateKey(keyOf(credentials))) {
    const which = `the certificate of ${certificate.subject.replaceAll("\n", ", ")}`;
    throw new TlsError("key", `does not belong to ${which}; give the key it was made with`);
  }
  return certificate;
}

/** The first of a text in PEM. @throws {TlsError} there is none, or it cannot be read */
export function readCertificate(part: TlsPart, pem: string | Buffer): X509Certificate {
  if (!/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(textOf(pem))) {
    throw new TlsError(part, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    const problem = `holds no readable certificate: ${messageOf(error)}`;
    throw new TlsError(part, problem, { cause: error });
  }
}

const DAY = 86_400_000;

/** Who renews by a timer does so a month before the end: two weeks later that has failed; in milliseconds. */
const SOON = 14 * DAY;

/**
 * Why clients refuse the certificate at this time, in milliseconds since 1970, or soon will; undefined: not
 * for its dates.
 */
export function troubleWithDates(certificate: X509Certificate, now: number): string | undefined {
  const { validFrom, validTo } = certificate;
  const left = Date.parse(validTo) - now;
  if (left < 0) return `has expired (${validTo}); clients refuse it: renew it`;
  if (Date.parse(validFrom) > now) return `is not valid before ${validFrom}; clients refuse it`;
  if (left >= SOON) return undefined;
  const days = Math.floor(left / DAY);
  const when = days === 0 ? "in less than a day" : `in ${days} day${days === 1 ? "" : "s"}`;
  return `expires ${when} (${validTo}): renew it`;
}

function keyOf({ cert, key, passphrase }: TlsCredentials): KeyObject {
  const pem = textOf(key ?? cert);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    if (key === undefined) {
      throw new TlsError("cert", "has no private key in it", { missing: "key" });
    }
    throw new TlsError("key", "holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
  }
  // PKCS #8 says so in its first line, older forms in a header (RFC 1421 §4.6.1.1).
  const isEncrypted = /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(pem);
  const part = key === undefined ? "cert" : "key";
  if (isEncrypted && passphrase === undefined) {
    throw new TlsError(part, "holds an encrypted key", { missing: "passphrase" });
  }
  try {
    return createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    if (isEncrypted) {
      throw new TlsError("passphrase", "does not open the key", { cause: error });
    }
    throw new TlsError(part, `holds no readable key: ${messageOf(error)}`, { cause: error });
  }
}

export function textOf(pem: string | Buffer): string {
  return typeof pem === "string" ? pem : pem.toString("latin1");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
