/** The TLS of an application's server: read at the start, and anew at each reload. */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "../log/logger.ts";
import { readCertificate, troubleWithDates } from "../server/tls-credentials.ts";
import type { ListenerTls, TlsOptions } from "../server/tls-options.ts";
import type { Attendant, Service } from "./service.ts";
import { named, readTlsFiles, TlsFileError } from "./tls-files.ts";
import type { TlsWords } from "./tls-settings.ts";

/** RFC 5077 §5.5: what tickets are sealed with is to be random; OpenSSL takes a name of 16 bytes and two keys. */
const TICKET_KEYS_BYTES = 48;

export class ServedTls {
  readonly #words: TlsWords;
  readonly #log: Logger;
  #options: TlsOptions;

  /**
   * Undefined where the settings name no certificate; what its dates mean is in the log.
   * @throws {TlsFileError}
   * @throws {UsageError}
   */
  static read(words: TlsWords, log: Logger): ServedTls | undefined {
    const options = readTlsFiles(words);
    return options && new ServedTls(words, options, log);
  }

  private constructor(words: TlsWords, options: TlsOptions, log: Logger) {
    this.#words = words;
    this.#options = options;
    this.#log = log;
    this.#tellDates();
  }

  /** Each time with other keys of tickets: a session must not outlive the certificates that it was made with. */
  get forListeners(): ListenerTls {
    const ticketKeys = randomBytes(TICKET_KEYS_BYTES).toString("base64");
    return { ...this.#options, ticketKeys };
  }

  /** Has the service that speaks it follow its files. */
  attendantOf(service: Pick<Service, "renewTls">): Attendant {
    return { reloading: () => this.#renew(service) };
  }

  /** Files that cannot be used change nothing. */
  #renew(service: Pick<Service, "renewTls">): void {
    const options = this.#readAnew();
    if (options === undefined || isDeepStrictEqual(options, this.#options)) return;
    this.#options = options;
    service.renewTls(this.forListeners);
    this.#log.info(`${named("cert", this.#words)} has been read anew`);
    this.#tellDates();
  }

  #readAnew(): TlsOptions | undefined {
    try {
      return readTlsFiles(this.#words);
    } catch (error) {
      if (!(error instanceof TlsFileError)) throw error;
      this.#log.error(`TLS goes on with the files as they were read before: ${error.message}`);
      return undefined;
    }
  }

  #tellDates(): void {
    const trouble = troubleWithDates(readCertificate("cert", this.#options.cert), Date.now());
    if (trouble !== undefined) this.#log.warning(`${named("cert", this.#words)} ${trouble}`);
  }
}
