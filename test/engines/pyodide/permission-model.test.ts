import assert from "node:assert/strict";
import { test } from "node:test";
import {
  mustHaveSoundPermissions,
  permissionFlag,
} from "../../../src/engines/pyodide/permission-model.ts";

const SOUND = ["20.20.2", "20.21.0", "22.23.2", "24.18.1", "24.21.0", "26.5.1", "27.0.0", "28.1.0"];
const UNSOUND = [
  "20.19.0",
  "20.20.1",
  "21.7.3",
  "22.13.0",
  "22.23.1",
  "23.11.1",
  "24.18.0",
  "25.9.0",
];

for (const version of SOUND)
  test(`a sandbox may be made of Node.js ${version}`, () => mustHaveSoundPermissions(version));

for (const version of [...UNSOUND, "26.5.0"])
  test(`no sandbox is made of Node.js ${version}`, () => {
    assert.throws(() => mustHaveSoundPermissions(version), {
      name: "LoadError",
      message: `--sandbox needs a newer Node.js: out of that of ${version} there are known ways; they are closed from 20.20.2, 22.23.2, 24.18.1, 26.5.1 on, each in its line`,
    });
  });

test("the permission model has had two names", () => {
  assert.equal(permissionFlag("20.20.2"), "--experimental-permission");
  assert.equal(permissionFlag("22.23.3"), "--permission");
});
