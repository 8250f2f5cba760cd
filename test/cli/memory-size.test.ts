import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingError } from "../../src/cli/errors.ts";
import { bytesOf, memorySize } from "../../src/cli/memory-size.ts";

for (const [text, bytes] of [
  ["0", 0],
  ["1048576", 1024 ** 2],
  ["512K", 512 * 1024],
  ["300m", 300 * 1024 ** 2],
  ["2G", 2 * 1024 ** 3],
  ["2GiB", 2 * 1024 ** 3],
] as const) {
  test(`${text} is ${bytes} bytes`, () => {
    assert.equal(bytesOf(memorySize.read([text], "--max-rss")), bytes);
  });
}

test("a share is one of the memory there is", () => {
  const whole = bytesOf(memorySize.read(["100%"], "--max-rss"));
  assert.ok(whole > 0);
  assert.equal(bytesOf(memorySize.read(["50%"], "--max-rss")), Math.floor(whole / 2));
});

test("it is shown as it was written", () => {
  assert.equal(memorySize.show(memorySize.read(["80%"], "--max-rss")), "80%");
});

for (const text of ["", "much", "12T", "0%", "101%", "-1", "1.5G", "5 M"]) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => memorySize.read([text], "--max-rss"), SettingError);
  });
}
