/** Lint of the test applications that are no part of the contract: what they break, and what not. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { RequestParts } from "../../src/client/client-connection.ts";
import { lint } from "../../src/middleware/lint.ts";
import type { Finding, OnFinding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as attacked } from "../apps/attacked.ts";
import { application as large } from "../apps/large.ts";
import { application as mirror } from "../apps/mirror.ts";
import { application as waits } from "../apps/waits.ts";
import { lazyPython } from "../support/lazy-python.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, type ServedApplication, serveApplication } from "../support/serve-application.ts";
import { BROKEN } from "./lint-contract.ts";

type Exchange = readonly [method: string, target: string, parts?: RequestParts];

interface Case {
  readonly application: "attacked" | "large" | "mirror" | "waits";
  readonly name: string;
  readonly exchanges: readonly Exchange[];
  readonly broken: readonly string[];
}

/**
 * What `attacked` does when it is told to, and which rules it breaks by that. That it keeps its
 * environ as well shows only after a time: python/tests and test/wsgi have that.
 */
const ATTACKED: Readonly<Record<string, readonly string[]>> = {
  "ignores the body": [],
  "is slow at first": [],
  "status of bytes": ["status"],
  "headers in a tuple": ["headers-list"],
  "headers in a dictionary": ["headers-list"],
  "never starts": ["start-response-called"],
  "starts twice": ["start-response-twice"],
  "starts again when its head is out": [],
  "fails at once": ["raises"],
  "returns nothing": ["returns-iterable"],
  "returns a number": ["returns-iterable"],
  "sends a file from its middle": [],
  "reads past the end": ["input-past-end"],
};

const CASES: readonly Case[] = [
  ...Object.entries(ATTACKED).map(([special, broken]): Case => {
    const exchanges: readonly Exchange[] = [
      ["POST", "/control/behave", { body: JSON.stringify({ special }) }],
      ["POST", "/x", { body: "12345" }],
      // Behind it all is told that there was to tell.
      ["GET", "/control/report"],
    ];
    return { application: "attacked", name: special, exchanges, broken };
  }),
  {
    application: "large",
    name: "answers and takes what is large",
    exchanges: [
      ["GET", "/whole"],
      ["GET", "/pieces"],
      ["POST", "/", { body: "x".repeat(1_000_000) }],
    ],
    broken: [],
  },
  {
    application: "mirror",
    name: "answers with what it was asked",
    exchanges: [
      ["GET", "/a?200,length,0"],
      ["POST", "/?200,pieces,20000", { body: "x".repeat(10_000) }],
    ],
    broken: [],
  },
  {
    application: "waits",
    name: "tells how many wait",
    exchanges: [["GET", "/release"]],
    broken: [],
  },
];

const APPS = join(repositoryRoot, "test", "apps");

type UnderLint = (onFinding: OnFinding) => Application;

const UNDER_LINT: Readonly<Record<string, UnderLint>> = {
  "attacked.ts": (onFinding) => lint(attacked, { onFinding }),
  "attacked.py": inWorker("attacked.py"),
  "large.ts": (onFinding) => lint(large, { onFinding }),
  "large.py": inWorker("large.py"),
  "mirror.ts": (onFinding) => lint(mirror, { onFinding }),
  "mirror.py": inWorker("mirror.py"),
  "waits.ts": (onFinding) => lint(waits, { onFinding }),
};

/** Files that have none of their own to judge. */
const OTHERS: Readonly<Record<string, string>> = {
  checkpoint: "used by applications",
  everything: "those of the contract, each judged by itself",
  middleware: "judged by test/middleware",
  mounts_python: "those of the contract",
  transparent: "those of the contract",
};

function inWorker(target: string): UnderLint {
  return (onFinding) => {
    const { logger } = new KeptLog();
    return lazyPython(target, { directory: APPS, lint: true, onFinding, log: logger });
  };
}

for (const [file, underLint] of Object.entries(UNDER_LINT)) {
  describe(`lint of ${file}`, () => {
    const findings: Finding[] = [];
    let served: ServedApplication | undefined;
    before(async () => {
      const application = underLint((finding) => findings.push(finding));
      served = await serveApplication(application);
    });
    after(async () => {
      await served?.[Symbol.asyncDispose]();
    });

    for (const { application, name, exchanges, broken } of CASES) {
      if (!file.startsWith(`${application}.`)) continue;
      test(`finds ${broken.join(" and ") || "nothing"} in "${name}"`, async () => {
        findings.length = 0;
        for (const exchange of exchanges) await served?.ask(...exchange);
        assert.deepEqual([...new Set(findings.map(({ rule }) => rule))], broken);
      });
    }
  });
}

test("every application of test/apps is judged by lint somewhere", () => {
  const names = readdirSync(APPS)
    .filter((name) => /\.(py|ts)$/.test(name))
    .map((name) => name.replace(/\.\w+$/, ""));
  const judged = [...CASES.map(({ application }) => application), ...Object.keys(BROKEN)];
  const known = new Set([...judged, ...Object.keys(OTHERS)]);
  assert.deepEqual([...new Set(names)].sort(), [...known].sort());
});
