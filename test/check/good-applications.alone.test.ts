/** An application that keeps the contract is not accused of anything. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { checkRun } from "../support/check-run.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";

const APPS = join(repositoryRoot, "test", "apps");
const FRAMEWORKS = join(APPS, "frameworks");

const state = mkdtempSync(join(tmpdir(), "portico-check-"));
after(() => rmSync(state, { recursive: true }));

const SITE = ["-e", `SITE_FILES=${state}`, "-e", `SITE_STATE=${state}`, "--path", "/stream"];

/** Directory, arguments, and the language of the report. */
const GOOD: readonly (readonly [string, readonly string[], string])[] = [
  [APPS, ["echo.py"], "python"],
  [APPS, ["echo.ts"], "typescript"],
  [join(repositoryRoot, "examples", "guestbook"), ["app.ts"], "typescript"],
  [FRAMEWORKS, [...SITE, "--path", "/large", "flask_site:create_app()"], "python"],
  [
    join(FRAMEWORKS, "django_site"),
    [...SITE, "--path", "/large", "--header", "Host: site.example", "mysite.wsgi"],
    "python",
  ],
];

before(async () => {
  writeFileSync(join(state, "large.bin"), Buffer.alloc(100_000, "large\n"));
  const env = { ...process.env, SITE_FILES: state, SITE_STATE: state };
  const cwd = join(FRAMEWORKS, "django_site");
  const migrate = ["manage.py", "migrate", "--verbosity", "0"];
  await promisify(execFile)(pythonProgram("python"), migrate, { cwd, env });
});

describe("portico check finds nothing in", { concurrency: 2 }, () => {
  for (const [directory, args, language] of GOOD) {
    test(args.at(-1) ?? "", async () => {
      const { code, report, broken } = await checkRun(directory, "--strict", ...args);
      assert.deepEqual(broken, []);
      assert.equal(report.gaveUp, undefined);
      assert.equal(report.verdict, "kept");
      assert.equal(report.language, language);
      assert.ok(report.requests > 100);
      assert.equal(code, 0);
    });
  }
});
