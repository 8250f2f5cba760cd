/** What a listener speaks TLS by: its credentials, which clients it serves, and with which ciphers. */
import { constants, type X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import {
  checkCredentials,
  messageOf,
  readCertificate,
  type TlsCredentials,
  TlsError,
  textOf,
} from "./tls-credentials.ts";

export interface TlsOptions extends TlsCredentials {
  /** In PEM: those who may sign certificates of clients. The authorities of the Web are not among them. */
  readonly ca?: string | Buffer;
  /**
   * Whether clients are asked for a certificate; one that is not signed by `ca` ends their handshake, and
   * with `required` so does none. `none` if not given.
   */
  readonly clientCertificates?: "none" | "optional" | "required";
  /**
   * As `openssl ciphers` takes them; those of Node.js if not given. The three of TLS 1.3 stay, unless it names
   * some of them (`TLS_…`).
   */
  readonly ciphers?: string;
}

/** As a listener takes it. */
export interface ListenerTls extends TlsOptions {
  /**
   * 48 random bytes in base64: whoever has the same resumes the same sessions. Each listener has its own if
   * not given.
   */
  readonly ticketKeys?: string;
}

/** Gives the server's certificate. @throws {TlsError} no client could be served by it */
export function checkTls(options: TlsOptions): X509Certificate {
  const certificate = checkCredentials(options);
  const { ca, clientCertificates = "none", ciphers } = options;
  if (ca !== undefined) checkAuthorities(ca);
  else if (clientCertificates !== "none") {
    const problem = "asks clients for certificates without a list of those who may sign them";
    throw new TlsError("clientCertificates", problem, { missing: "ca" });
  }
  if (ciphers !== undefined) {
    const problem = "names no cipher that OpenSSL knows; openssl ciphers -v lists them";
    tryContext("ciphers", { ciphers }, () => problem);
  }
  tryContext("cert", contextOptions(options), (reason) => `cannot be used: ${reason}`);
  return certificate;
}

/** RFC 8446 §B.4: OpenSSL and Python have them on, whatever a list of ciphers for TLS 1.2 says. */
const TLS_1_3_CIPHERS =
  "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

/** In the words of Node.js. */
export function contextOptions(tls: ListenerTls): SecureContextOptions {
  const { cert, key = cert, passphrase, ca, ciphers, ticketKeys } = tls;
  return {
    ...{ cert, key, ...(passphrase !== undefined && { passphrase }) },
    ...(ca !== undefined && { ca }),
    ...(ciphers !== undefined && { ciphers: withTls13(ciphers) }),
    ...(ticketKeys !== undefined && { ticketKeys: Buffer.from(ticketKeys, "base64") }),
    // RFC 8996 has ended all before.
    minVersion: "TLSv1.2",
    // A client that asks for it again and again has the server compute, and nobody else needs it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** Node.js would go without TLS 1.3 where none of its own is named. */
function withTls13(ciphers: string): string {
  return /(?:^|:)TLS_/.test(ciphers) ? ciphers : `${ciphers}:${TLS_1_3_CIPHERS}`;
}

/** Node.js passes over what it cannot read. */
function checkAuthorities(ca: string | Buffer): void {
  const [first = "", ...others] = textOf(ca)
    .split(/(?=-----BEGIN )/)
    .filter(isCertificate);
  for (const pem of [first, ...others]) readCertificate("ca", pem);
}

function isCertificate(pem: string): boolean {
  return /^-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(pem);
}

function tryContext(
  part: TlsError["part"],
  options: SecureContextOptions,
  problemOf: (reason: string) => string,
): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new TlsError(part, problemOf(messageOf(error)), { cause: error });
  }
}
