import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { TAKE_ALL_BUT_ONE, withFewDescriptors } from "../support/few-descriptors.ts";
import { ownTemporaryDirectory } from "../support/spools.ts";

const directory = ownTemporaryDirectory();

const MODULE = new URL("../../src/engines/cpython/begun-marker.js", import.meta.url);

test("a marker takes one descriptor, and leaves no file, where there is but one", async () => {
  const said = await withFewDescriptors(`
    import { BegunMarker } from "${MODULE}";
    ${TAKE_ALL_BUT_ONE}
    const marker = new BegunMarker();
    marker.limit(7);
    console.log(marker.read());
  `);
  assert.equal(said, "0\n");
  assert.deepEqual(readdirSync(directory), []);
});
