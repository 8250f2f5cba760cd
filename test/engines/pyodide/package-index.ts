/** A package index (PEP 691) with micropip, and with wheels that a test makes. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pythonProgram, repositoryRoot } from "../../support/python-environment.ts";

/** What is needed of a project whose every file is a module. */
export interface ProjectParts {
  readonly name: string;
  readonly version: string;
  /** Its one module. */
  readonly source: string;
  readonly requires?: readonly string[];
  /** Of its file's name; `py3-none-any`, which is for every Python, if not given. */
  readonly tag?: string;
}

/** Where scripts/venv.mjs has put them. */
const FETCHED = join(repositoryRoot, ".venv", "wheels");

/** A wheel is an archive (PEP 427): standard input has what is in it. */
const MAKE_WHEEL = `
import io, json, sys, zipfile
content = io.BytesIO()
with zipfile.ZipFile(content, "w") as archive:
    for name, text in json.load(sys.stdin).items():
        archive.writestr(name, text)
sys.stdout.buffer.write(content.getvalue())
`;

export class PackageIndex implements AsyncDisposable {
  /** What was asked for. */
  readonly asked: string[] = [];
  readonly #files = new Map<string, Buffer>();
  readonly #server: Server = createServer(({ url = "" }, response) => this.#answer(url, response));

  private constructor(projects: readonly ProjectParts[]) {
    for (const name of readdirSync(FETCHED)) {
      this.#files.set(name, readFileSync(join(FETCHED, name)));
    }
    for (const project of projects) {
      const { name, version, tag = "py3-none-any" } = project;
      this.#files.set(`${name}-${version}-${tag}.whl`, wheelOf(project));
    }
  }

  static async start(projects: readonly ProjectParts[]): Promise<PackageIndex> {
    const index = new PackageIndex(projects);
    index.#server.listen(0, "127.0.0.1");
    await once(index.#server, "listening");
    return index;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/simple`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #answer(url: string, response: ServerResponse): void {
    this.asked.push(url);
    const [, project] = /^\/simple\/([^/]+)\/$/.exec(url) ?? [];
    if (project === undefined) response.end(this.#files.get(url.slice("/files/".length)));
    else this.#list(project, response);
  }

  #list(project: string, response: ServerResponse): void {
    const { host } = new URL(this.url);
    const files = [...this.#files].filter(([name]) => name.startsWith(`${project}-`));
    response.statusCode = files.length === 0 ? 404 : 200;
    response.setHeader("Content-Type", "application/vnd.pypi.simple.v1+json");
    const listing = {
      meta: { "api-version": "1.0" },
      name: project,
      files: files.map(([filename, content]) => ({
        filename,
        url: `http://${host}/files/${filename}`,
        hashes: { sha256: createHash("sha256").update(content).digest("hex") },
      })),
    };
    response.end(JSON.stringify(listing));
  }
}

function wheelOf({ name, version, source, requires = [], tag = "py3-none-any" }: ProjectParts) {
  const about = `${name}-${version}.dist-info`;
  const needs = requires.map((each) => `Requires-Dist: ${each}\n`).join("");
  const content = {
    [`${name}.py`]: source,
    [`${about}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs}\n`,
    [`${about}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
    [`${about}/RECORD`]: "",
  };
  const input = JSON.stringify(content);
  const { stdout, status } = spawnSync(pythonProgram("python"), ["-c", MAKE_WHEEL], { input });
  if (status !== 0) throw new Error(`no wheel of ${name} could be made`);
  return stdout;
}
