import assert from "node:assert/strict";
import { test } from "node:test";
import { pathIn } from "../../src/server/bound-path.ts";

const LIST = `Num       RefCount Protocol Flags    Type St Inode Path
0000000091ea1e83: 00000002 00000000 00010000 0001 01 13068611 /run/my app.sock
0000000091ea1e84: 00000002 00000000 00010000 0001 01 13068612
0000000091ea1e85: 00000002 00000000 00010000 0001 01 306861 @abstract
`;

test("a socket's path is the one beside its inode in the kernel's list", () => {
  assert.equal(pathIn(LIST, 13_068_611), "/run/my app.sock");
  assert.equal(pathIn(LIST, 306_861), "@abstract");
});

test("a socket without a path has none, nor has one that is not in the list", () => {
  assert.equal(pathIn(LIST, 13_068_612), "");
  assert.equal(pathIn(LIST, 1), "");
  assert.equal(pathIn("", 1), "");
});
