/** Cookies as RFC 6265bis has them: what is set where, and what is sent where. */
import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import type { CookieUrl } from "../../src/testing/cookie.ts";
import { CookieJar } from "../../src/testing/cookie-jar.ts";

function place(url: string): CookieUrl {
  const { protocol, hostname, pathname } = new URL(url);
  return { scheme: protocol === "https:" ? "https" : "http", hostname, path: pathname };
}

/** What is set, by an answer from where; what is sent, and where to. */
const CASES: readonly (readonly [
  promise: string,
  from: string,
  fields: readonly string[],
  to: string,
  sent: string | undefined,
])[] = [
  ["it is sent back", "http://a.test/", ["n=v"], "http://a.test/x", "n=v"],
  [
    "spaces around name and value are none of them",
    "http://a.test/",
    [" n = v w ; Path=/"],
    "http://a.test/",
    "n=v w",
  ],
  [
    "a byte of a letter is no space",
    "http://a.test/",
    ["n=\xc3\xa0; Path=/"],
    "http://a.test/",
    "n=\xc3\xa0",
  ],
  [
    "a value may hold equals signs and quotes",
    "http://a.test/",
    ['n="a=b"'],
    "http://a.test/",
    'n="a=b"',
  ],
  ["one without a name is a value alone", "http://a.test/", ["v"], "http://a.test/", "v"],
  [
    "one without name and value is ignored",
    "http://a.test/",
    ["=; Path=/"],
    "http://a.test/",
    undefined,
  ],
  ["control characters make it nothing", "http://a.test/", ["n=\x01"], "http://a.test/", undefined],
  [
    "one of 4,097 bytes is ignored",
    "http://a.test/",
    [`n=${"x".repeat(4096)}`],
    "http://a.test/",
    undefined,
  ],
  ["the later one of a name wins", "http://a.test/", ["n=1", "n=2"], "http://a.test/", "n=2"],

  ["another host does not get it", "http://a.test/", ["n=v"], "http://b.test/", undefined],
  [
    "without Domain, a host below does not",
    "http://a.test/",
    ["n=v"],
    "http://x.a.test/",
    undefined,
  ],
  [
    "with Domain, hosts below do",
    "http://x.a.test/",
    ["n=v; Domain=a.test"],
    "http://y.a.test/",
    "n=v",
  ],
  [
    "a dot before Domain is nothing",
    "http://a.test/",
    ["n=v; Domain=.A.test"],
    "http://x.a.test/",
    "n=v",
  ],
  [
    "a Domain that is not the host's is refused",
    "http://a.test/",
    ["n=v; Domain=b.test"],
    "http://b.test/",
    undefined,
  ],
  [
    "a Domain that only ends alike is refused",
    "http://ba.test/",
    ["n=v; Domain=a.test"],
    "http://a.test/",
    undefined,
  ],
  [
    "an address has no hosts below",
    "http://10.0.0.1/",
    ["n=v; Domain=0.0.1"],
    "http://10.0.0.1/",
    undefined,
  ],

  ["Path is a folder", "http://a.test/", ["n=v; Path=/a"], "http://a.test/a/b", "n=v"],
  ["Path is the folder itself", "http://a.test/", ["n=v; Path=/a"], "http://a.test/a", "n=v"],
  [
    "Path is no prefix of a name",
    "http://a.test/",
    ["n=v; Path=/a"],
    "http://a.test/ab",
    undefined,
  ],
  ["Path may end in a slash", "http://a.test/", ["n=v; Path=/a/"], "http://a.test/a/b", "n=v"],
  ["without Path it is the folder's", "http://a.test/a/b", ["n=v"], "http://a.test/a/c", "n=v"],
  ["without Path others do not get it", "http://a.test/a/b", ["n=v"], "http://a.test/c", undefined],
  [
    "a Path without a slash is none",
    "http://a.test/a/b",
    ["n=v; Path=c"],
    "http://a.test/a/c",
    "n=v",
  ],
  [
    "longer paths come first",
    "http://a.test/",
    ["a=1; Path=/", "b=2; Path=/x"],
    "http://a.test/x",
    "b=2; a=1",
  ],
  [
    "of equal paths the earlier comes first",
    "http://a.test/",
    ["a=1", "b=2", "a=3"],
    "http://a.test/",
    "a=3; b=2",
  ],

  ["Secure goes over TLS", "https://a.test/", ["n=v; Secure"], "https://a.test/", "n=v"],
  ["Secure goes nowhere else", "https://a.test/", ["n=v; Secure"], "http://a.test/", undefined],
  [
    "Secure comes from nowhere else",
    "http://a.test/",
    ["n=v; Secure"],
    "https://a.test/",
    undefined,
  ],
  [
    "Secure is for this machine too",
    "http://localhost/",
    ["n=v; Secure"],
    "http://localhost/",
    "n=v",
  ],
  [
    "SameSite=None wants Secure",
    "https://a.test/",
    ["n=v; SameSite=None"],
    "https://a.test/",
    undefined,
  ],
  ["__Secure- wants Secure", "https://a.test/", ["__Secure-n=v"], "https://a.test/", undefined],
  [
    "__Secure- with Secure is kept",
    "https://a.test/",
    ["__Secure-n=v; Secure"],
    "https://a.test/",
    "__Secure-n=v",
  ],
  [
    "__Host- wants Path=/",
    "https://a.test/a",
    ["__Host-n=v; Secure"],
    "https://a.test/a",
    undefined,
  ],
  [
    "__Host- wants no Domain",
    "https://a.test/",
    ["__Host-n=v; Secure; Path=/; Domain=a.test"],
    "https://a.test/",
    undefined,
  ],
  [
    "__Host- with all of it is kept",
    "https://a.test/",
    ["__Host-n=v; Secure; Path=/"],
    "https://a.test/",
    "__Host-n=v",
  ],

  ["Max-Age=0 deletes", "http://a.test/", ["n=v", "n=; Max-Age=0"], "http://a.test/", undefined],
  [
    "Expires in the past deletes",
    "http://a.test/",
    ["n=v", "n=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    "http://a.test/",
    undefined,
  ],
  [
    "Max-Age comes before Expires",
    "http://a.test/",
    ["n=v; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    "http://a.test/",
    "n=v",
  ],
  [
    "an Expires that is no date is none",
    "http://a.test/",
    ["n=v; Expires=soon"],
    "http://a.test/",
    "n=v",
  ],
  [
    "a deletion on another path deletes nothing",
    "http://a.test/a/b",
    ["n=v; Path=/", "n=; Max-Age=0"],
    "http://a.test/",
    "n=v",
  ],
  [
    "names of attributes have no letter case",
    "https://a.test/",
    ["n=v; sEcUrE; PATH=/; max-AGE=5"],
    "https://a.test/",
    "n=v",
  ],
];

describe("a cookie", () => {
  for (const [promise, from, fields, to, sent] of CASES) {
    test(promise, () => {
      const jar = new CookieJar("a.test");
      for (const field of fields) jar.receive(field, place(from));
      assert.equal(jar.headerFor(place(to)), sent);
    });
  }

  test("is gone when its time is over", () => {
    const jar = new CookieJar("a.test");
    mock.timers.enable({ apis: ["Date"], now: 0 });
    try {
      jar.receive("n=v; Max-Age=60", place("http://a.test/"));
      mock.timers.tick(59_999);
      assert.equal(jar.get("n"), "v");
      mock.timers.tick(1);
      assert.equal(jar.get("n"), undefined);
    } finally {
      mock.timers.reset();
    }
  });

  test("that a test sets is sent as if an answer had set it", () => {
    const jar = new CookieJar("a.test");
    jar.set("a", "1");
    jar.set("b", "2", { path: "/x", secure: true });
    jar.set("c", "3", { domain: "a.test" });
    jar.set("d", "4", { expires: new Date(0) });
    assert.equal(jar.headerFor(place("http://a.test/x")), "a=1; c=3");
    assert.equal(jar.headerFor(place("https://a.test/x")), "b=2; a=1; c=3");
    assert.equal(jar.headerFor(place("http://x.a.test/")), "c=3");
    jar.delete("a");
    assert.deepEqual(
      [...jar].map(({ name }) => name),
      ["b", "c"],
    );
    jar.clear();
    assert.deepEqual([...jar], []);
  });
});
