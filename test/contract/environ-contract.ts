/** The environ: which variables it has, and what they say. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import type { RequestParts } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { test } from "./excepted.ts";
import type { Subject, Traits } from "./wsgi-contract.ts";

interface Report {
  readonly strings: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly version: readonly number[];
  readonly complaints: readonly string[];
}

/** Request-targets and what PATH_INFO and QUERY_STRING must be; what has no escape stays as it is. */
const TARGETS: readonly (readonly [target: string, pathInfo: string, query: string])[] = [
  ["/", "/", ""],
  ["/a%20b", "/a b", ""],
  ["/a%2Fb", "/a/b", ""],
  ["/a%00b", "/a\0b", ""],
  ["/a%00b%25c%2500", "/a\0b%c%00", ""],
  ["/%ff", "/\xff", ""],
  ["/caf%C3%A9", "/caf\xc3\xa9", ""],
  ["/%E4%BD%A0%F0%9F%98%80", "/\xe4\xbd\xa0\xf0\x9f\x98\x80", ""],
  ["/100%", "/100%", ""],
  ["/%zz%4", "/%zz%4", ""],
  ["/a+b", "/a+b", ""],
  ["//x", "//x", ""],
  ["/a;p=1", "/a;p=1", ""],
  ["/a/../b/./c", "/a/../b/./c", ""],
  ["/?", "/", ""],
  ["/?a=b&c", "/", "a=b&c"],
  ["/?a?b", "/", "a?b"],
  ["/?%41+%C3%A9", "/", "%41+%C3%A9"],
  ["/a%3Fb?c", "/a?b", "c"],
  ["http://other.test:81/x?y", "/x", "y"],
  ["http://other.test", "/", ""],
];

const METHODS = [
  ...["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "FOO", "get"],
];

export function environContract(subject: Subject, traits: Traits): void {
  const report = async (
    method: string,
    target: string,
    parts: RequestParts = {},
  ): Promise<Report> => {
    const answer = await subject().ask(method, target, parts);
    assert.equal(answer.status, 200, answer.body.toString());
    // The environment application answers with this.
    return JSON.parse(answer.body.toString()) as Report;
  };
  const strings = async (target: string, parts: RequestParts = {}): Promise<Report["strings"]> => {
    return (await report("GET", target, parts)).strings;
  };

  describe("environ", () => {
    test("holds values of the types that PEP 3333 wants and nothing it forbids", async () => {
      const body = { fields: [["Content-Type", "a/b"] as const], body: "12345" };
      for (const parts of [{}, body]) {
        const { complaints, version, flags } = await report("POST", "/a%ff", parts);
        assert.deepEqual(complaints, []);
        assert.deepEqual(version, [1, 0]);
        assert.equal(flags["wsgi.run_once"], false);
      }
    });

    test("says whether other threads or processes run the application", async () => {
      const { flags } = await report("GET", "/");
      assert.equal(flags["wsgi.multithread"], traits.multithread);
      assert.equal(flags["wsgi.multiprocess"], traits.multiprocess);
    });

    test("has the method as it was sent", async () => {
      for (const method of METHODS) {
        assert.equal((await report(method, "/")).strings.REQUEST_METHOD, method);
      }
    });

    test("has the path decoded once, byte for character, and the query as it was sent", async () => {
      for (const [target, pathInfo, query] of TARGETS) {
        const found = await strings(target);
        assert.equal(found.PATH_INFO, pathInfo, target);
        assert.equal(found.QUERY_STRING, query, target);
        assert.equal(found.SCRIPT_NAME, subject().prefix, target);
        assert.equal(found.REQUEST_URI, subject().target(target));
        assert.equal(found.RAW_URI, subject().target(target));
      }
    });

    test("has an empty path for OPTIONS *, which is below no other path", async () => {
      if (subject().prefix === "") {
        assert.equal((await report("OPTIONS", "*")).strings.PATH_INFO, "");
      } else {
        assert.equal((await subject().ask("OPTIONS", "*")).status, 404);
      }
    });

    test("moves the path below which an application is mounted to SCRIPT_NAME", async () => {
      for (const rest of ["", "/", "/a%2Fb"]) {
        const found = await strings(`/environment${rest}?x`);
        assert.equal(found.SCRIPT_NAME, `${subject().prefix}/environment`);
        assert.equal(found.PATH_INFO, decodeURIComponent(rest));
        assert.equal(found.QUERY_STRING, "x");
      }
    });

    test("names server, client, protocol and software", async () => {
      const found = await strings("/");
      assert.equal(found.SERVER_NAME, "127.0.0.1");
      assert.equal(found.SERVER_PORT, String(subject().port));
      assert.equal(found.REMOTE_ADDR, "127.0.0.1");
      assert.match(found.REMOTE_PORT ?? "", /^\d+$/);
      assert.equal(found.SERVER_PROTOCOL, "HTTP/1.1");
      assert.equal(found.SERVER_SOFTWARE, "portico");
      assert.equal(found["wsgi.url_scheme"], subject().scheme);
      assert.equal("REMOTE_USER" in found, false);
    });

    test("has SERVER_NAME and SERVER_PORT without a Host, and the version of an HTTP/1.0 client", async () => {
      const found = await strings("/", { version: "HTTP/1.0" });
      assert.equal(found.SERVER_PROTOCOL, "HTTP/1.0");
      assert.equal(found.SERVER_NAME, "127.0.0.1");
      assert.equal(found.SERVER_PORT, String(subject().port));
      assert.equal("HTTP_HOST" in found, false);
    });

    test("tells the URL that was asked for, as PEP 3333 puts it together", async () => {
      for (const target of ["/", "/a%20b", "/environment/x%2By?q=%20", "/caf%C3%A9?a=b&c"]) {
        for (const parts of [{}, { version: "HTTP/1.0" as const }]) {
          const authority = "version" in parts ? `127.0.0.1:${subject().port}` : "test";
          assert.equal(
            urlOf(await strings(target, parts)),
            `${subject().scheme}://${authority}${subject().target(target)}`,
          );
        }
      }
    });

    test("has the authority of an absolute target as Host", async () => {
      const found = await strings("http://other.test:81/", { fields: [["Host", "other.test:81"]] });
      assert.equal(found.HTTP_HOST, "other.test:81");
    });

    test("has a header for each field, an empty one too, and none for what was not sent", async () => {
      const found = await strings("/", {
        fields: [
          ["X-Foo-Bar", "a b"],
          ["x-lower", "\xe9\xff"],
          ["X-Empty", ""],
        ],
      });
      assert.equal(found.HTTP_X_FOO_BAR, "a b");
      assert.equal(found.HTTP_X_LOWER, "\xe9\xff");
      assert.equal(found.HTTP_X_EMPTY, "");
      const headers = Object.keys(found).filter((name) => name.startsWith("HTTP_"));
      assert.deepEqual(headers.sort(), [
        "HTTP_HOST",
        "HTTP_X_EMPTY",
        "HTTP_X_FOO_BAR",
        "HTTP_X_LOWER",
      ]);
    });

    test("joins repeated fields by comma, and cookies by semicolon", async () => {
      const found = await strings("/", {
        fields: [
          ["X-List", "a"],
          ["Cookie", "a=1"],
          ["x-list", "b, c"],
          ["Cookie", "b=2"],
        ],
      });
      assert.equal(found.HTTP_X_LIST, "a, b, c");
      assert.equal(found.HTTP_COOKIE, "a=1; b=2");
    });

    test("shows no field that could pose as another one or as a proxy setting", async () => {
      const found = await strings("/", {
        fields: [
          ["X-User", "real"],
          ["X_User", "forged"],
          ["Proxy", "http://evil.test"],
        ],
      });
      assert.equal(found.HTTP_X_USER, "real");
      assert.equal("HTTP_PROXY" in found, false);
    });

    test("has CONTENT_TYPE and CONTENT_LENGTH as they were sent, and neither when not", async () => {
      const sent = await report("POST", "/", {
        fields: [["Content-Type", "a/b; c=d"]],
        body: "12345",
      });
      assert.equal(sent.strings.CONTENT_TYPE, "a/b; c=d");
      assert.equal(sent.strings.CONTENT_LENGTH, "5");
      const zero = await report("POST", "/", { fields: [["Content-Length", "0"]] });
      assert.equal(zero.strings.CONTENT_LENGTH, "0");
      const none = await strings("/");
      assert.equal("CONTENT_TYPE" in none, false);
      assert.equal("CONTENT_LENGTH" in none, false);
    });

    test("shows a chunked body as one whose end is known", async () => {
      const {
        strings: found,
        flags,
        complaints,
      } = await report("POST", "/", {
        fields: [["Transfer-Encoding", "chunked"]],
        body: "5\r\n12345\r\n0\r\n\r\n",
      });
      assert.equal(found.CONTENT_LENGTH, traits.chunkedLength);
      assert.equal(flags["wsgi.input_terminated"], true);
      assert.deepEqual(complaints, []);
    });

    test("is each request's own: an application may leave nothing of it", async () => {
      using connection = await subject().connect();
      connection.request("GET", "/empties_environ");
      assert.equal((await connection.answer()).body.toString(), "emptied");
      connection.request("GET", "/");
      const next = await connection.answer();
      // The environment application answers with this.
      const { strings: found } = JSON.parse(next.body.toString()) as Report;
      assert.equal("HTTP_X_LEFT_BEHIND" in found, false);
      assert.equal(found.REQUEST_METHOD, "GET");
      assert.equal(fieldValue(next.fields, "connection"), undefined);
    });
  });
}

/** PEP 3333, "URL Reconstruction"; of what is quoted there, these targets have only some. */
function urlOf(strings: Report["strings"]): string {
  const { SERVER_NAME, SERVER_PORT, SCRIPT_NAME = "", PATH_INFO = "", QUERY_STRING } = strings;
  const host = strings.HTTP_HOST ?? `${SERVER_NAME}:${SERVER_PORT}`;
  const path = (SCRIPT_NAME + PATH_INFO).replace(
    /[^\w./~-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return `${strings["wsgi.url_scheme"]}://${host}${path}${QUERY_STRING ? `?${QUERY_STRING}` : ""}`;
}
