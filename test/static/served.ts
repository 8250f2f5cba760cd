/** A directory of files behind a real server, and what a client is told of them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Answer, RequestParts } from "../../src/client/client-connection.ts";
import { type FieldList, fieldValue } from "../../src/client/field-list.ts";
import { lint } from "../../src/middleware/lint.ts";
import type { CacheLimits, DirectoryOptions } from "../../src/static/directory.ts";
import { type StaticFilesOptions, staticFiles } from "../../src/static/static-files.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { type ServedApplication, serveApplication } from "../support/serve-application.ts";

/** When files were written, if nothing is said: long enough ago for strong validators. */
export const WRITTEN = "Sun, 01 Nov 2026 00:00:00 GMT";

/** A directory of its own, in one that is removed with it. */
export class Folder implements Disposable {
  readonly #outside: string = realpathSync(mkdtempSync(join(tmpdir(), "portico-static-")));
  readonly path: string = join(this.#outside, "public");

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    mkdirSync(this.path);
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** `name` may lead out of the directory that is served, and not out of the one around it. */
  write(name: string, content: string | Uint8Array, written: string | Date = WRITTEN): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, new Date(written), new Date(written));
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.#outside, { recursive: true });
  }
}

/** Under lint, which must find nothing. */
export class ServedFolder implements AsyncDisposable {
  readonly folder: Folder;
  readonly served: ServedApplication;
  readonly findings: Finding[];

  private constructor(folder: Folder, served: ServedApplication, findings: Finding[]) {
    this.folder = folder;
    this.served = served;
    this.findings = findings;
  }

  static async open(
    files: Readonly<Record<string, string | Uint8Array>>,
    options: StaticFilesOptions = {},
    wrap: (application: Application) => Application = (application) => application,
  ): Promise<ServedFolder> {
    const folder = new Folder(files);
    const findings: Finding[] = [];
    const application = wrap(staticFiles(folder.path, options));
    const linted = lint(application, { onFinding: (finding) => findings.push(finding) });
    return new ServedFolder(folder, await serveApplication(linted), findings);
  }

  get(target: string, fields: FieldList = []): Promise<Answer> {
    return this.ask("GET", target, { fields });
  }

  ask(method: string, target: string, parts: RequestParts = {}): Promise<Answer> {
    return this.served.ask(method, target, parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.served[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

export function field(answer: Answer, name: string): string | undefined {
  return fieldValue(answer.fields, name);
}

/** Status and body, in one line. */
export function seen({ status, body }: Answer): string {
  return `${status} ${body.toString("latin1").trimEnd()}`;
}

/** What a {@link Directory} is told where a test cares for little of it. */
export function directoryOptions(
  more: Partial<DirectoryOptions>,
  cache: Partial<CacheLimits> = {},
): DirectoryOptions {
  return {
    index: ["index.html"],
    extensions: [],
    showsDotfiles: false,
    codings: [],
    compresses: false,
    cache: { each: 100_000, memory: 1_000_000, freshness: 1000, ...cache },
    mediaType: () => "text/plain",
    cacheControl: () => "max-age=0",
    headers: () => [],
    ...more,
  };
}
