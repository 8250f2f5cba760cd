/** Converters of users: what they match, what they give, and what becomes of their URLs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Converter, ConverterArguments } from "../../src/routing/converter.ts";
import { createRouter } from "../../src/routing/router.ts";
import { createClient } from "../../src/testing/client.ts";

const day: Converter<Date> = {
  regex: /\d{4}-\d\d-\d\d/,
  toValue: (text) => {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? undefined : date;
  },
  toUrl: (date) => date.toISOString().slice(0, 10),
};

test("values are a converter's own", async () => {
  const router = createRouter({ converters: { day } })
    .get("/<day:when>", ({ when }) => when.toUTCString().slice(0, 16), { name: "day" })
    .get("/<text>", ({ text }) => `text ${text}`);
  const client = createClient(router);
  assert.equal((await client.get("/2026-11-21")).text, "Sat, 21 Nov 2026");
  assert.equal((await client.get("/2026-13-21")).text, "text 2026-13-21");
  assert.equal(router.urlFor("day", { when: new Date("2026-11-21") }), "/2026-11-21");
});

test("a converter may take arguments, by place and by name", async () => {
  const router = createRouter({ converters: { list } }).get(
    "/<list('+', max=3):items>",
    ({ items }) => items.join(" "),
    { name: "items" },
  );
  const client = createClient(router);
  assert.equal((await client.get("/a+b+c")).text, "a b c");
  assert.equal((await client.get("/a+b+c+d")).status, 404);
  assert.equal(router.urlFor("items", { items: ["x", "y z"] }), "/x+y%20z");
});

function list({
  positional: [separator = ","],
  named: { max = "10" },
}: ConverterArguments): Converter<readonly string[]> {
  return {
    regex: "[^/]+",
    toValue: (text) => {
      const items = text.split(separator);
      return items.length <= Number(max) ? items : undefined;
    },
    toUrl: (items) => items.join(separator),
  };
}

test("a converter takes the place of the built-in one of its name", async () => {
  const int = { regex: "[0-9a-f]+", toValue: (text: string) => Number.parseInt(text, 16) };
  const client = createClient(
    createRouter({ converters: { int } }).get("/<int:x>", ({ x }) => String(x)),
  );
  assert.equal((await client.get("/ff")).text, "255");
});

test("a regex with a slash spans segments, another does not", async () => {
  const converters = { pair: { regex: "\\w+/\\w+" }, some: { regex: "[^/]+" } };
  const client = createClient(
    createRouter({ converters })
      .get("/<pair:x>/end", ({ x }) => `pair ${x}`)
      .get("/<some:x>/end", ({ x }) => `some ${x}`),
  );
  assert.equal((await client.get("/a/b/end")).text, "pair a/b");
  assert.equal((await client.get("/a/end")).text, "some a");
});

test("a lighter converter is tried first", async () => {
  const converters = {
    light: { regex: "[a-z]+", weight: 10 },
    heavy: { regex: "[a-z]+", weight: 90 },
  };
  const client = createClient(
    createRouter({ converters })
      .get("/<heavy:x>", () => "heavy")
      .get("/<light:x>", () => "light"),
  );
  assert.equal((await client.get("/a")).text, "light");
});

test("methods of a class are a converter's, too", async () => {
  class Upper {
    readonly regex = /[a-z]+/;
    toValue(text: string): string {
      return text.toUpperCase();
    }
    toUrl(value: string): string {
      return value.toLowerCase();
    }
  }
  const router = createRouter({ converters: { upper: new Upper() } }).get(
    "/<upper:x>",
    ({ x }) => x,
    {
      name: "x",
    },
  );
  assert.equal((await createClient(router).get("/abc")).text, "ABC");
  assert.equal(router.urlFor("x", { x: "ABC" }), "/abc");
});

test("a converter that matches a slash at the beginning makes no URL of another host", () => {
  const converters = { odd: { regex: "/?.+", spansSegments: true } };
  const router = createRouter({ converters }).get("/<odd:x>", () => "", { name: "x" });
  assert.equal(router.urlFor("x", { x: "/evil.example" }), "/evil.example");
});
