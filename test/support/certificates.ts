/** Certificates of the moment, made by `openssl`, and connections that trust them. */
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { ClientConnection, connected, ServerSilent } from "../../src/client/client-connection.ts";

/** Why tests that need certificates cannot run here; false where they can. */
export const lacksOpenssl: string | false =
  spawnSync("openssl", ["version"]).status === 0 ? false : "there is no openssl to make them with";

export const PASSWORD = "a \u00fcrm password";

/** For `localhost` and 127.0.0.1, signed by itself; in files, since some of those who are told of it read files. */
export class Certificate implements Disposable {
  readonly directory: string = realpathSync(mkdtempSync(join(tmpdir(), "portico-tls-")));
  readonly certFile: string = join(this.directory, "cert.pem");
  readonly keyFile: string = join(this.directory, "key.pem");

  constructor() {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
    const names = [
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ];
    const files = ["-keyout", this.keyFile, "-out", this.certFile];
    openssl("req", "-x509", ...key, "-days", "2", ...names, ...files);
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
    port: number,
    ca: string,
    options: ConnectionOptions = {},
  ): Promise<TlsConnection> {
    return new TlsConnection(await connectedTls(port, ca, options));
  }
}

/** As `connected` does over TCP alone. */
export async function connectedTls(
  port: number,
  ca: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const below = await connected(port);
  const socket = connect({ socket: below, servername: "localhost", ca, ...options });
  below.on("timeout", () => socket.destroy(new ServerSilent("the server was silent over TLS")));
  await once(socket, "secureConnect");
  // What is written to a server that has gone shows where it is read.
  socket.on("error", () => {});
  return socket;
}
