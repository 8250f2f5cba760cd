/** What clients send at will is read or left out, never thrown at: with a fixed seed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCookies, setCookieField } from "../../src/messages/cookies.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { HttpRequest } from "../../src/messages/http-request.ts";
import { parseMediaType } from "../../src/messages/media-type.ts";
import {
  preferredEncoding,
  preferredLanguage,
  preferredType,
} from "../../src/messages/negotiation.ts";
import { Random } from "../fuzz/random.ts";
import { environOf } from "./answered.ts";

const ROUNDS = 20_000;

/** Text in which what separates, quotes and escapes is frequent. */
function field(random: Random): string {
  let text = "";
  for (let part = random.below(12); part >= 0; part -= 1) {
    text += random.oneIn(2)
      ? random.pick([...',;=" \\*/-.\t', "q=0.5", "text/html", "en", "gzip", "boundary"])
      : random.latin1(4);
  }
  return text;
}

describe("any field", () => {
  test("is negotiated to one of what is offered, or none", () => {
    const random = new Random(1);
    const offered = ["text/html", "en", "gzip", "*/*", ""];
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = field(random);
      for (const preferred of [preferredType, preferredLanguage, preferredEncoding]) {
        const found = preferred(text, offered);
        assert.ok(found === undefined || offered.includes(found), text);
      }
    }
  });

  test("is a media type or none", () => {
    const random = new Random(2);
    for (let round = 0; round < ROUNDS; round += 1) {
      const type = parseMediaType(field(random));
      if (type !== undefined) assert.match(type.essence, /^[^/\s;,"]+\/[^/\s;,"]+$/);
    }
  });

  test("has cookies whose names are none of their neighbours'", () => {
    const random = new Random(3);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name] of parseCookies(field(random))) {
        assert.ok(name !== "" && !/^[ \t]|[=;]|[ \t]$/.test(name), name);
      }
    }
  });

  test("has a URL, a query and a body, or is a 400, 413 or 415", async () => {
    const random = new Random(4);
    for (let round = 0; round < 2000; round += 1) {
      const environ = environOf({ method: "POST", body: field(random) });
      environ.HTTP_HOST = field(random);
      environ.CONTENT_TYPE = random.pick([field(random), "application/x-www-form-urlencoded"]);
      environ.PATH_INFO = `/${random.latin1(20)}`;
      environ.QUERY_STRING = random.visible(20);
      const request = new HttpRequest(environ);
      for (const read of [
        async () => request.url,
        async () => request.query,
        () => request.text(),
        () => request.json(),
        () => request.form(),
      ]) {
        await read().catch((error: unknown) => {
          assert.ok(error instanceof HttpError && [400, 413, 415].includes(error.status));
        });
      }
    }
  });
});

test("a cookie that is set is read back as it was, and alone", () => {
  const random = new Random(5);
  for (let round = 0; round < ROUNDS; round += 1) {
    const [name, value] = [random.latin1(3), random.latin1(6)];
    let set: string;
    try {
      set = setCookieField(name, value, {}, false);
    } catch (error) {
      assert.ok(error instanceof TypeError);
      continue;
    }
    const [pair = ""] = set.split("; ");
    assert.deepEqual([...parseCookies(`a0=0; ${pair}; z0=0`)].at(1), [name, value]);
  }
});

test("a field of any shape is read in time that grows with its length alone", () => {
  // 64 KiB are eight times what a server takes; quadratic, each would take seconds.
  for (const unit of ['"', '\\"', '"\\', ",", ";q=", 'a/b;c="', 'a="\\']) {
    const text = unit.repeat(65_536 / unit.length);
    const start = performance.now();
    preferredType(text, ["text/html"]);
    preferredLanguage(text, ["en"]);
    parseMediaType(text);
    parseCookies(text);
    assert.ok(performance.now() - start < 2000, unit);
  }
});
