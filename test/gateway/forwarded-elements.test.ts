import assert from "node:assert/strict";
import { test } from "node:test";
import { parseForwarded } from "../../src/gateway/forwarded-elements.ts";

function parsed(line: string): unknown {
  return parseForwarded(line)?.map((element) => Object.fromEntries(element));
}

test("elements, parameters and quoted strings are read as RFC 7239 has them", () => {
  for (const [line, elements] of [
    [
      "for=192.0.2.60;proto=http;by=203.0.113.43",
      [{ for: "192.0.2.60", proto: "http", by: "203.0.113.43" }],
    ],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: "[2001:db8:cafe::17]:4711" }]],
    ["for=192.0.2.43, for=198.51.100.17", [{ for: "192.0.2.43" }, { for: "198.51.100.17" }]],
    ['for=_mdn;host="a,b;c=\\"d\\\\"', [{ for: "_mdn", host: 'a,b;c="d\\' }]],
    ["for=a; proto=b ;;host=c;", [{ for: "a", proto: "b", host: "c" }]],
    [" ,, for=a ,", [{ for: "a" }]],
    ['for=""', [{ for: "" }]],
    ["", []],
  ] as const) {
    assert.deepEqual(parsed(line), elements, line);
  }
});

test("what breaks the grammar has no elements at all", () => {
  for (const line of [
    ...['for="evil', 'for="evil, for="192.0.2.1"', 'for="a"b', "for", "for=", "=a", "for =a"],
    ...[
      "for= a",
      "for=a b",
      "for=a;for=b",
      "for=a;FOR=b",
      "for=[::1]",
      "for=1.2.3.4:80",
      'for="\\"',
    ],
    ...["for=a,;b", "for=a\x00"],
  ]) {
    assert.equal(parsed(line), undefined, line);
  }
});
