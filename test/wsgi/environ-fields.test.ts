import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldsOf } from "../../src/wsgi/environ-fields.ts";
import type { Environ } from "../../src/wsgi/types.ts";

describe("the fields of an environ", () => {
  test("are those of the request, by the names of HTTP", () => {
    const environ = {
      REQUEST_METHOD: "POST",
      CONTENT_TYPE: "text/css",
      CONTENT_LENGTH: "3",
      HTTP_X_ONE: "1",
      HTTP_X_EMPTY: "",
      HTTP_X_GONE: undefined,
      "wsgi.url_scheme": "http",
    } as unknown as Environ;
    assert.deepEqual(fieldsOf(environ), [
      ["content-type", "text/css"],
      ["content-length", "3"],
      ["x-one", "1"],
      ["x-empty", ""],
    ]);
  });

  test("have no type and no length where CGI says that by empty ones", () => {
    const environ = { CONTENT_TYPE: "", CONTENT_LENGTH: "" } as unknown as Environ;
    assert.deepEqual(fieldsOf(environ), []);
  });
});
