/** Plays the same scenarios under gunicorn and under Portico, and demands equal answers. */

import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fieldValue } from "../../src/client/field-list.ts";
import { type PythonSite, startGunicorn, startThreadedGunicorn } from "./gunicorn.ts";
import {
  ON_PYODIDE,
  startPortico,
  startPorticoOnPyodide,
  startPorticoUnderLint,
} from "./portico-process.ts";
import { repositoryRoot } from "./python-environment.ts";
import type { ServerProcess } from "./server-process.ts";
import { type Answer, Visitor } from "./visitor.ts";

/** What a visitor does, and what must come of it whatever the server; named by its promise. */
export type Scenarios = Readonly<Record<string, (visitor: Visitor) => Promise<void>>>;

export interface ComparedSite {
  /** Relative to test/apps/frameworks. */
  readonly directory?: string;
  readonly target: string;
  /** The parts of an answer that differ from run to run under one and the same server. */
  readonly volatile: readonly VolatilePart[];
  /** Fills the directory of the site's state; each server then gets a copy. */
  readonly prepareState?: (directory: string) => Promise<void>;
  /** The scenarios that come to another end on Pyodide, by their names, each with the reason. */
  readonly notOnPyodide?: Readonly<Record<string, string>>;
  /** The rules of lint that the framework itself breaks in these scenarios, each with the reason. */
  readonly breaks?: Readonly<Record<string, string>>;
}

export interface VolatilePart {
  /** Stands in the place of what the pattern matches. */
  readonly name: string;
  readonly reason: string;
  /** A header field's name, or `body`. */
  readonly where: string;
  readonly pattern: RegExp;
}

/** The bytes of `large.bin`, which every site offers for download. */
export const largeFile: Buffer = patternedBytes(3 * 1024 * 1024 + 7);

/** When `large.bin` was last modified. */
export const largeFileDate: Date = new Date("2024-02-29T12:00:00Z");

/** Bytes that a shift by any number of places does not leave the same. */
export function patternedBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8) * 7) & 255;
  return bytes;
}

const TEST_MILLISECONDS = 30_000;

/** The fields that are the server's own: its name, its clock, its framing. */
const SERVER_FIELDS: readonly string[] = [
  "date",
  "server",
  "connection",
  "keep-alive",
  "transfer-encoding",
];

/** PORTICO_STAND_IN=gunicorn compares two gunicorns: what then fails is a fault of the tests. */
const standIn: boolean = process.env.PORTICO_STAND_IN === "gunicorn";
const startCompared = standIn
  ? [startThreadedGunicorn]
  : [startPortico, startPorticoOnPyodide, startPorticoUnderLint];

/** A finding's line in the log, up to the rule's name. */
const FINDING = /lint: [a-z ]+ (?:broke|should not break) ([a-z0-9-]+) \(/g;

/** Defines a test for every scenario; `porticoAlone` are those that fail under gunicorn. */
export function compareWithGunicorn(
  name: string,
  site: ComparedSite,
  scenarios: Scenarios,
  porticoAlone: Scenarios = {},
): void {
  describe(name, () => {
    const running = new RunningSites(site);
    before(() => running.start());
    after(() => running.stop());
    for (const [promise, play] of Object.entries(scenarios)) {
      test(promise, { timeout: TEST_MILLISECONDS }, async () => {
        const expected = await answersOf(running.reference, play);
        for (const compared of running.compared) {
          if (compared.name === ON_PYODIDE && site.notOnPyodide?.[promise] !== undefined) continue;
          const actual = await answersOf(compared, play);
          for (const answer of actual) assertServerFields(answer);
          assertEqualAnswers(actual, expected, site.volatile);
        }
      });
    }
    for (const [promise, play] of Object.entries(porticoAlone)) {
      test(promise, { timeout: TEST_MILLISECONDS, skip: standIn }, async () => {
        for (const portico of running.compared) {
          for (const answer of await answersOf(portico, play)) assertServerFields(answer);
        }
      });
    }
    test("breaks the rules that it is known to break, and no others", {
      skip: standIn,
    }, async () => {
      const linted = running.compared.at(-1);
      assert.ok(linted !== undefined);
      // Its log is whole when it has ended.
      await linted.stop();
      const broken = [...linted.log.matchAll(FINDING)].map(([, rule = ""]) => rule);
      assert.deepEqual(
        [...new Set(broken)].sort(),
        Object.keys(site.breaks ?? {}).sort(),
        linted.log,
      );
    });
  });
}

/** The servers and the directories that their applications use. */
class RunningSites {
  readonly #site: ComparedSite;
  #directory = "";
  #servers: ServerProcess[] = [];

  constructor(site: ComparedSite) {
    this.#site = site;
  }

  get reference(): ServerProcess {
    const [reference] = this.#servers;
    if (reference === undefined) throw new Error("not started");
    return reference;
  }

  get compared(): readonly ServerProcess[] {
    return this.#servers.slice(1);
  }

  async start(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), "portico-frameworks-"));
    const large = join(this.#directory, "large.bin");
    await writeFile(large, largeFile);
    await utimes(large, largeFileDate, largeFileDate);
    const prepared = join(this.#directory, "prepared");
    await mkdir(prepared);
    await this.#site.prepareState?.(prepared);
    const starting = [startGunicorn, ...startCompared].map(async (start, index) => {
      const state = join(this.#directory, `state-${index}`);
      await cp(prepared, state, { recursive: true });
      return start(this.#pythonSite(state));
    });
    const settled = await Promise.allSettled(starting);
    for (const one of settled) if (one.status === "fulfilled") this.#servers.push(one.value);
    await Promise.all(starting);
  }

  async stop(): Promise<void> {
    const stopped = await Promise.allSettled(this.#servers.map((server) => server.stop()));
    if (this.#directory !== "") await rm(this.#directory, { recursive: true });
    for (const one of stopped) if (one.status === "rejected") throw one.reason;
  }

  /** Each server has a state of its own; what the sites only read, both read in one place. */
  #pythonSite(state: string): PythonSite {
    return {
      directory: join(repositoryRoot, "test", "apps", "frameworks", this.#site.directory ?? ""),
      target: this.#site.target,
      environ: {
        SITE_STATE: state,
        SITE_FILES: this.#directory,
        PYTHONDONTWRITEBYTECODE: "1",
      },
    };
  }
}

async function answersOf(
  server: ServerProcess,
  play: (visitor: Visitor) => Promise<void>,
): Promise<readonly Answer[]> {
  const visitor = new Visitor(server.port);
  try {
    await play(visitor);
    return visitor.answers;
  } catch (error) {
    const request = visitor.answers.at(-1)?.request ?? "nothing";
    const log = server.log.split("\n").slice(-30).join("\n");
    throw new Error(`under ${server.name}, last answered: ${request}\n${log}`, { cause: error });
  } finally {
    visitor.leave();
  }
}

/** RFC 9110 §6.6.1: an origin server with a clock sends Date; applications may send their own. */
function assertServerFields(answer: Answer): void {
  assert.equal(answer.allFields("date").length, 1, `${answer.request}: fields named Date`);
  const servers = answer.allFields("server").length;
  assert.ok(servers <= 1, `${answer.request}: ${servers} fields named Server`);
}

function assertEqualAnswers(
  actual: readonly Answer[],
  expected: readonly Answer[],
  volatile: readonly VolatilePart[],
): void {
  assert.equal(actual.length, expected.length, "the scenario took another course");
  for (const [index, answer] of actual.entries()) {
    const reference = expected[index];
    assert.ok(reference !== undefined);
    // Without an application's Content-Length, to send one is a matter of the server's framing.
    const ignored =
      reference.field("content-length") === undefined
        ? [...SERVER_FIELDS, "content-length"]
        : SERVER_FIELDS;
    assert.deepEqual(
      comparable(answer, ignored, volatile),
      comparable(reference, ignored, volatile),
    );
  }
}

function comparable(
  { request, status, reason, fields, body }: Answer,
  ignored: readonly string[],
  volatile: readonly VolatilePart[],
): object {
  const compared = fields
    .filter(([name]) => !ignored.includes(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${withoutVolatile(inOrder(name, value), name, volatile)}`);
  const type = fieldValue(fields, "content-type") ?? "";
  const isText = /^(text|multipart)\/|json|javascript/.test(type);
  const text = body.toString(isUtf8(body) ? "utf8" : "latin1");
  // Lines make a readable difference, digests a short one.
  const content = isText
    ? withoutVolatile(text, "body", volatile).split("\n")
    : `${body.length} bytes, SHA-256 ${createHash("sha256").update(body).digest("hex")}`;
  return { request, status, reason, fields: compared, content };
}

/** Werkzeug writes Allow from a set, whose order no two versions of Python have in common. */
function inOrder(name: string, value: string): string {
  return name.toLowerCase() === "allow" ? value.split(", ").sort().join(", ") : value;
}

function withoutVolatile(text: string, where: string, volatile: readonly VolatilePart[]): string {
  return volatile
    .filter((part) => part.where.toLowerCase() === where.toLowerCase())
    .reduce((rest, part) => rest.replace(part.pattern, `<${part.name}>`), text);
}
