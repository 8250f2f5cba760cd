/** Certificates of the moment, made by `openssl`, and connections that trust them. */
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import {
  ClientConnection,
  connected,
  type ServerAddress,
  ServerSilent,
} from "../../src/client/client-connection.ts";

/** Why tests that need certificates cannot run here; false where they can. */
export const lacksOpenssl: string | false =
  spawnSync("openssl", ["version"]).status === 0 ? false : "there is no openssl to make them with";

export const PASSWORD = "a \u00fcrm password";

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"] as const;

export interface CertificateOptions {
  /** Whom it is for, as `openssl req -subj` has it; `/CN=localhost` if not given. */
  readonly subject?: string;
  /** Who signs it; it does so itself if not given. */
  readonly issuer?: Certificate;
  /** How long it is valid; so long that nobody is warned if not given. */
  readonly days?: number;
}

/** For `localhost` and 127.0.0.1; in files, since some of those who are told of it read files. */
export class Certificate implements Disposable {
  readonly directory: string = realpathSync(mkdtempSync(join(tmpdir(), "portico-tls-")));
  readonly certFile: string = join(this.directory, "cert.pem");
  readonly keyFile: string = join(this.directory, "key.pem");

  constructor({ subject = "/CN=localhost", issuer, days = 30 }: CertificateOptions = {}) {
    const names = ["-utf8", "-subj", subject];
    const reach = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const files = ["-keyout", this.keyFile, "-out", this.certFile];
    const signer = issuer && ["-CA", issuer.certFile, "-CAkey", issuer.keyFile];
    const signed = ["-x509", ...(signer ?? []), "-days", String(days)];
    openssl("req", ...signed, ...NEW_KEY, ...names, ...reach, ...files);
  }

  get cert(): string {
    return readFileSync(this.certFile, "utf8");
  }

  get key(): string {
    return readFileSync(this.keyFile, "utf8");
  }

  /** The path of its key, encrypted with {@link PASSWORD}. */
  encryptedKeyFile(): string {
    const path = join(this.directory, "encrypted.pem");
    openssl("pkcs8", "-topk8", "-in", this.keyFile, "-out", path, "-passout", `pass:${PASSWORD}`);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}

/** A client over TLS that hides nothing, and trusts one certificate. */
export class TlsConnection extends ClientConnection {
  readonly tls: TLSSocket;

  private constructor(socket: TLSSocket) {
    super(socket);
    this.tls = socket;
  }

  static async openTls(
    address: ServerAddress,
    ca: string,
    options: ConnectionOptions = {},
  ): Promise<TlsConnection> {
    return TlsConnection.over(await connected(address), ca, options);
  }

  /** On a connection that has sent nothing yet. */
  static async over(
    below: Socket,
    ca: string,
    options: ConnectionOptions = {},
  ): Promise<TlsConnection> {
    return new TlsConnection(await secured(below, ca, options));
  }
}

/** As `connected` does over TCP alone. */
export async function connectedTls(
  address: ServerAddress,
  ca: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  return secured(await connected(address), ca, options);
}

async function secured(below: Socket, ca: string, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ socket: below, servername: "localhost", ca, ...options });
  below.on("timeout", () => socket.destroy(new ServerSilent("the server was silent over TLS")));
  await once(socket, "secureConnect");
  // What is written to a server that has gone shows where it is read.
  socket.on("error", () => {});
  return socket;
}
