/** Which changes of a folder are told. */
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FolderWatcher } from "../../src/development/folder-watcher.ts";
import { Folder } from "../static/served.ts";

/** What is told first of what `change` does, once the folder at `path` is watched. */
async function toldAfter(path: string, change: () => void): Promise<readonly string[]> {
  let watcher: FolderWatcher | undefined;
  const told = new Promise<readonly string[]>((resolve, reject) => {
    watcher = new FolderWatcher(path, resolve, reject);
  });
  try {
    await watcher?.ready;
    change();
    return await told;
  } finally {
    await watcher?.close();
  }
}

test("what lies outside is not watched, though a link leads there", async () => {
  using folder = new Folder({ "a.txt": "one", "../outside/b.txt": "one" });
  symlinkSync("../outside", join(folder.path, "out"));
  const told = await toldAfter(folder.path, () => {
    folder.write("../outside/b.txt", "two");
    folder.write("a.txt", "two");
  });
  assert.deepEqual(told, ["a.txt"]);
});
