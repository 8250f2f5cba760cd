/** What the probe application answers to `/environ`, and to every path that it does not know. */

export interface Facts {
  /** How many positional arguments the application was called with. */
  readonly arguments: number;
  readonly keywords: readonly string[];
  /** The entries of the environ that are strings. */
  readonly strings: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  /** Whether the environ is a dict, or a plain object. */
  readonly isPlain: boolean;
  /** CGI variables that are no strings. */
  readonly notText: readonly string[];
  readonly version: readonly unknown[];
  readonly versionIsTuple: boolean;
  readonly flags: Readonly<Partial<Record<`wsgi.${string}`, boolean>>>;
  /** The methods that are missing. */
  readonly inputLacks: readonly string[];
  readonly errorsLacks: readonly string[];
  /** PEP 3333, "URL Reconstruction". */
  readonly url: string;
  readonly process: number;
  readonly thread: number;
  /** As `Python 3.11.7`. */
  readonly language: string;
}

/** @throws {SyntaxError} it is no answer of the probe application */
export function factsOf(body: Buffer): Facts {
  // The probe application answers so; what else answers fails where it is used.
  return JSON.parse(body.toString()) as Facts;
}
