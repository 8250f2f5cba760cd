import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeItems, decodePairs, encodeEnviron, encodeItems } from "../../src/bridge/strings.ts";

describe("an environ's strings", () => {
  test("names and values are joined by NUL, in the environ's order", () => {
    const environ = { REQUEST_METHOD: "GET", PATH_INFO: "/", QUERY_STRING: "" };
    assert.deepEqual(encodeEnviron(environ, []), {
      text: "REQUEST_METHOD\0GET\0PATH_INFO\0/\0QUERY_STRING\0",
      isEscaped: false,
    });
  });

  test("values that are no strings stay behind", () => {
    const environ = { "wsgi.version": [1, 0], "wsgi.input": {}, A: undefined, B: "b", C: true };
    assert.equal(encodeEnviron(environ, []).text, "B\0b");
  });

  test("an environ without strings is the empty payload", () => {
    assert.deepEqual(encodeEnviron({}, []), { text: "", isEscaped: false });
  });

  test("changes come last, so that they win", () => {
    const environ = { CONTENT_LENGTH: "1" };
    const { text } = encodeEnviron(environ, ["CONTENT_LENGTH", "5"]);
    assert.deepEqual(decodeItems(text), ["CONTENT_LENGTH", "1", "CONTENT_LENGTH", "5"]);
    assert.equal(decodePairs(text).get("CONTENT_LENGTH"), "5");
  });

  test("a value that holds NUL crosses percent-encoded, under a name with % behind it", () => {
    const { text, isEscaped } = encodeEnviron({ PATH_INFO: "/a\0b%", QUERY_STRING: "%00" }, []);
    assert.equal(isEscaped, true);
    assert.equal(text, "PATH_INFO%\0/a%00b%25\0QUERY_STRING\0%00");
  });

  test("several NULs and percent signs come back as they were", () => {
    for (const value of ["\0", "\0\0", "%\0%", "%00\0%2500", "a\0"]) {
      const [name, escaped] = decodeItems(encodeEnviron({ PATH_INFO: value }, []).text);
      assert.equal(name, "PATH_INFO%");
      assert.equal(decodeURIComponent(escaped ?? ""), value);
    }
  });

  test("every byte from 0x01 to 0xff crosses as it is", () => {
    const value = String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1));
    const { text, isEscaped } = encodeEnviron({ QUERY_STRING: value }, []);
    assert.equal(isEscaped, false);
    assert.deepEqual(decodeItems(text), ["QUERY_STRING", value]);
  });

  test("a value beyond latin-1 is refused, and the message names its key", () => {
    assert.throws(() => encodeEnviron({ PATH_INFO: "/", "my.key": "10 €" }, []), {
      name: "NotNativeStringError",
      message: 'environ["my.key"] holds more than latin-1: "10 €"',
    });
  });

  test("a value beyond latin-1 that holds NUL is refused too", () => {
    assert.throws(() => encodeEnviron({ PATH_INFO: "/€\0" }, []), {
      name: "NotNativeStringError",
      message: 'environ["PATH_INFO"] holds more than latin-1: "/€\\u0000"',
    });
  });

  test("a name beyond latin-1 is refused", () => {
    assert.throws(() => encodeEnviron({ "ключ.x": "1" }, []), { name: "NotNativeStringError" });
  });

  test("a change beyond latin-1 is refused", () => {
    assert.throws(() => encodeEnviron({}, ["portico.body_file", "/tmp/€"]), {
      name: "NotNativeStringError",
    });
  });
});

describe("items", () => {
  test("no items are the empty payload, and the empty payload no items", () => {
    assert.equal(encodeItems([]), "");
    assert.deepEqual(decodeItems(""), []);
  });

  test("as many come out as went in, empty ones too", () => {
    for (const items of [["a"], ["a", ""], ["", "a"], ["", ""], ["200 OK", "X", "", "Y", "y"]]) {
      assert.deepEqual(decodeItems(encodeItems(items)), items);
    }
  });

  test("text beyond latin-1 crosses as UTF-8 seen as latin-1", () => {
    const text = encodeItems(["directory", "/srv/Ł"]);
    assert.equal(text, "directory\0/srv/\xc5\x81");
    assert.deepEqual([...decodePairs(text)], [["directory", "/srv/Ł"]]);
  });

  test("pairs are read in order, the last of a name wins, a name without a value is dropped", () => {
    const pairs = decodePairs("version\x001\0pid\x004\0version\x002\0lost");
    assert.deepEqual(
      [...pairs],
      [
        ["version", "2"],
        ["pid", "4"],
      ],
    );
  });
});
