/** Which folder of src/ stands on which (ARCHITECTURE.md): a file imports from the floors below it. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { describe, test } from "node:test";
import { repositoryRoot } from "./support/python-environment.ts";

/** The rows of the table in ARCHITECTURE.md: floor, folder, what it may import. */
const ROWS = [
  ...readFileSync(join(repositoryRoot, "ARCHITECTURE.md"), "utf8").matchAll(
    /^\| (\d) \| `(\w+)` \| .* \| (.*) \|$/gm,
  ),
].map(([, floor, folder = "", below = ""]) => ({ floor: Number(floor), folder, below }));

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ROWS.filter(({ below }) => below !== "every folder").map(({ folder, below }) => [
    folder,
    [...below.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  ]),
);

/** Folders that may import all others. */
const FREE = ROWS.map(({ folder }) => folder).filter((folder) => !(folder in MAY_IMPORT));

/** Floor 0 decides; sockets, processes, files, timers and clocks are for those above. */
const PURE = [
  ...["wsgi/", "http/", "bridge/", "stats/", "routing/"],
  ...["processes/plan.ts", "processes/boot-pause.ts", "processes/generations.ts"],
];
const WORLD = /^(?:node:)?(?:net|child_process|fs|timers|cluster|worker_threads|dgram|tls|http)\b/;
const CLOCK = /\b(?:Date\.now|performance\.now|setTimeout|setInterval|setImmediate|new Date\(\))/;

const src = join(repositoryRoot, "src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll(sep, "/"))
  .filter((file) => file.endsWith(".ts"));

/** What a module names behind `from`, in `import "…"` and in `import("…")`. */
function importsOf(text: string): string[] {
  const named = text.matchAll(/\bfrom\s+"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g);
  return [...named].map(([, from, imported]) => from ?? imported ?? "");
}

/** What most servers run without: whoever asks for it loads it then. */
const LOADED_ON_DEMAND = ["check/", "probe/", "development/", "wsgi/lint/", "cli/development.ts"];

/** Everything that is loaded with a module. */
function loadedWith(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(join(src, file), "utf8");
  const statements = text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+"(\.[^"]+)"/gm);
  for (const [, path = ""] of statements) loadedWith(posix.join(posix.dirname(file), path), found);
  return found;
}

describe("the floors", () => {
  test("are all there is in src/", () => {
    const folders = new Set(
      files.filter((file) => file.includes("/")).map((file) => file.split("/")[0]),
    );
    assert.deepEqual([...folders].sort(), [...Object.keys(MAY_IMPORT), ...FREE].sort());
  });

  test("stand on one another without a circle", () => {
    const standing = new Set<string>();
    for (let grew = true; grew; ) {
      grew = false;
      for (const [floor, below] of Object.entries(MAY_IMPORT)) {
        if (standing.has(floor) || !below.every((other) => standing.has(other))) continue;
        standing.add(floor);
        grew = true;
      }
    }
    assert.deepEqual([...standing].sort(), Object.keys(MAY_IMPORT).sort());
  });

  test("stand on none that is above them", () => {
    const floorOf = new Map(ROWS.map(({ folder, floor }) => [folder, floor]));
    for (const { folder, floor } of ROWS) {
      for (const other of MAY_IMPORT[folder] ?? []) {
        assert.ok((floorOf.get(other) ?? Infinity) <= floor, `${folder} stands on ${other}`);
      }
    }
  });

  test("a plain server starts without what few use", () => {
    const loaded = [...loadedWith("cli/run.ts")];
    assert.ok(loaded.includes("server/server.ts"));
    assert.deepEqual(
      loaded.filter((file) => LOADED_ON_DEMAND.some((part) => file.startsWith(part))),
      [],
    );
  });

  for (const file of files) {
    const [floor = "", ...rest] = file.split("/");
    if (rest.length === 0 || FREE.includes(floor)) continue;
    const text = readFileSync(join(src, file), "utf8");

    test(`src/${file} imports only from the floors below`, () => {
      for (const path of importsOf(text).filter((name) => name.startsWith("."))) {
        const [target = ""] = relative(src, join(src, dirname(file), path)).split(sep);
        assert.ok(target === floor || MAY_IMPORT[floor]?.includes(target), `it imports ${path}`);
      }
    });

    test(`src/${file} re-exports nothing`, () => {
      assert.doesNotMatch(text, /^export\s[^;]*?\sfrom\s+"/m);
    });

    if (!PURE.some((pure) => file.startsWith(pure))) continue;
    test(`src/${file} does not touch the world`, () => {
      assert.deepEqual(
        importsOf(text).filter((name) => WORLD.test(name)),
        [],
      );
      assert.doesNotMatch(text, CLOCK);
    });
  }
});
