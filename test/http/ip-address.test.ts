import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import {
  type IpAddress,
  isIpv4,
  parseIpAddress,
  sharesPrefix,
  showIpAddress,
} from "../../src/http/ip-address.ts";

function parsed(text: string): IpAddress {
  const address = parseIpAddress(text);
  assert.ok(address !== undefined, text);
  return address;
}

test("an address is shown in one spelling, however it was written", () => {
  for (const [text, shown] of [
    ["127.0.0.1", "127.0.0.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::", "2001:db8::"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
  ] as const) {
    assert.equal(showIpAddress(parsed(text)), shown, text);
    assert.deepEqual(parsed(shown), parsed(text));
  }
});

test("what is no address is none, and Node.js agrees", () => {
  for (const text of [
    ...[
      "",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "256.1.1.1",
      "01.2.3.4",
      "1.2.3.-4",
      "1.2.3.4 ",
      "0x7f.1.1.1",
    ],
    ...[":", ":::", "::1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::"],
    ...[
      "1:2:3:4:5:6:7::8",
      "::1.2.3",
      "1.2.3.4::",
      "::1.2.3.4:5",
      "[::1]",
      "1:2:3:4:5:6:7:1.2.3.4",
    ],
    ...[":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", `::${"0".repeat(60)}1`, "unknown"],
  ]) {
    assert.equal(parseIpAddress(text), undefined, text);
    assert.equal(isIP(text), 0, text);
  }
});

test("an address with a zone is none", () => {
  assert.equal(parseIpAddress("fe80::1%eth0"), undefined);
});

test("prefixes are compared bit by bit", () => {
  const [one, other] = [parsed("2001:db8::8000"), parsed("2001:db8::c000")];
  assert.equal(sharesPrefix(one, other, 113), true);
  assert.equal(sharesPrefix(one, other, 114), false);
  assert.equal(sharesPrefix(one, parsed("::"), 0), true);
  assert.equal(sharesPrefix(one, one, 128), true);
});

test("an IPv4 address is told from an IPv6 one, mapped or not", () => {
  assert.deepEqual(
    ["1.2.3.4", "::ffff:1.2.3.4", "::1.2.3.4"].map((text) => isIpv4(parsed(text))),
    [true, true, false],
  );
});
