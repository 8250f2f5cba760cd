import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { framesOf } from "../../src/development/traceback.ts";
import { Folder } from "../static/served.ts";

/** An error with that stack. */
function thrownAt(...places: readonly string[]): Error {
  const error = new Error("x");
  error.stack = `Error: x\n${places.map((place) => `    at ${place}`).join("\n")}`;
  return error;
}

const SOURCE = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`).join("\n");

describe("the frames of an error", () => {
  test("have the lines around, from the file's first to its last", () => {
    using folder = new Folder({ "a.js": SOURCE });
    const path = join(folder.path, "a.js");
    const [first, middle, last] = framesOf(
      thrownAt(`f (${path}:1:1)`, `async g (${pathToFileURL(path)}:10:3)`, `${path}:20:1`),
    );
    assert.deepEqual(first?.source.at(0), { number: 1, text: "line 1" });
    assert.deepEqual(
      middle?.source.map(({ number }) => number),
      [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    );
    assert.deepEqual(last?.source.at(-1), { number: 20, text: "line 20" });
    assert.deepEqual([first?.call, middle?.call, last?.call], ["f", "g", ""]);
  });

  test("lead to what was written, by the map of what was compiled", () => {
    using folder = new Folder({ "src/a.ts": SOURCE });
    const map = { version: 3, sources: ["src/a.ts"], names: [], mappings: "AAIA" };
    const path = join(folder.path, "a.js");
    const inline = Buffer.from(JSON.stringify(map)).toString("base64");
    writeFileSync(join(folder.path, "a.js.map"), JSON.stringify(map));
    for (const url of ["a.js.map", `data:application/json;base64,${inline}`]) {
      writeFileSync(path, `compiled\n//# sourceMappingURL=${url}\n`);
      const [frame] = framesOf(thrownAt(`f (${path}:1:1)`));
      assert.equal(frame?.path, join(folder.path, "src/a.ts"));
      assert.equal(frame?.line, 5);
    }
  });

  test("are shown as compiled where the map is broken or missing", () => {
    using folder = new Folder({
      "a.js": "compiled\n//# sourceMappingURL=none.map\n",
      "b.js": "b\n//# sourceMappingURL=data:application/json;base64,e30\n",
    });
    for (const name of ["a.js", "b.js"]) {
      const path = join(folder.path, name);
      assert.equal(framesOf(thrownAt(`f (${path}:1:1)`))[0]?.path, path);
    }
  });

  test("tell the application's own code from packages", () => {
    const [own, foreign, unreadable] = framesOf(
      thrownAt("f (/srv/app.js:1:1)", "g (/srv/node_modules/x/y.js:1:1)", "node:internal/x:1:1"),
    );
    assert.deepEqual([own?.isOwn, foreign?.isOwn, unreadable], [true, false, undefined]);
    assert.deepEqual(own?.source, []);
  });
});
