import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { TAKE_ALL_BUT_ONE, withFewDescriptors } from "../support/few-descriptors.ts";
import { ownTemporaryDirectory } from "../support/spools.ts";

const directory = ownTemporaryDirectory();

const MODULE = new URL("../../src/engines/cpython/meeting-place.js", import.meta.url);

test("a place that no descriptors are left for is said to be none, and leaves no file", async () => {
  const said = await withFewDescriptors(`
    import { MeetingPlace } from "${MODULE}";
    ${TAKE_ALL_BUT_ONE}
    const place = new MeetingPlace({
      met() {},
      failed(error) {
        place.close();
        console.log(error.code);
      },
    });
  `);
  assert.equal(said, "EMFILE\n");
  assert.deepEqual(readdirSync(directory), []);
});
