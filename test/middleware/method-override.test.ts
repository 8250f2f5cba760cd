/** methodOverride: the method that a POST names. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type MethodOverrideOptions,
  methodOverride,
} from "../../src/middleware/method-override.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { asking } from "./asking.ts";

const FORM = "application/x-www-form-urlencoded";

/** Tells the method it sees, the one there was, and the body. */
const tells: Application = async (environ, startResponse) => {
  const body = Buffer.from(await environ["wsgi.input"].read()).toString();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const original = environ["portico.original_method"] ?? "-";
  return [Buffer.from(`${environ.REQUEST_METHOD} ${original} ${body}`)];
};

const ask = (options?: MethodOverrideOptions) => asking(methodOverride(options), tells);

describe("methodOverride", () => {
  test("takes the method of a field, in any case", async () => {
    const headers = { "X-HTTP-Method-Override": "delete" };
    assert.equal((await ask()("POST", "/", { headers })).text, "DELETE POST ");
    const other = { "X-Method": "PATCH" };
    const named = ask({ header: "X-Method" });
    assert.equal((await named("POST", "/", { headers: other })).text, "PATCH POST ");
    assert.equal((await named("POST", "/", { headers })).text, "POST - ");
  });

  test("takes that of the query or of a form only where it is told to", async () => {
    const form = { headers: { "Content-Type": FORM }, body: "a=1&_method=PUT" };
    assert.equal((await ask()("POST", "/?_method=PUT", form)).text, "POST - a=1&_method=PUT");
    const query = ask({ query: "_method" });
    assert.equal((await query("POST", "/?_method=PUT")).text, "PUT POST ");
    const field = ask({ field: "_method" });
    assert.equal((await field("POST", "/", form)).text, "PUT POST a=1&_method=PUT");
  });

  test("leaves the body of any form for the application to read", async () => {
    const field = ask({ field: "_method" });
    const plain = { headers: { "Content-Type": `${FORM}; charset=utf-8` }, body: "a=1" };
    assert.equal((await field("POST", "/", plain)).text, "POST - a=1");
    const large = { headers: { "Content-Type": FORM }, body: "_method=PUT&a=1" };
    const small = ask({ field: "_method", maxFormBytes: 8 });
    assert.equal((await small("POST", "/", large)).text, "POST - _method=PUT&a=1");
  });

  test("looks into no other body", async () => {
    const headers = { "Content-Type": "application/json" };
    const options = { headers, body: "_method=PUT" };
    assert.equal(
      (await ask({ field: "_method" })("POST", "/", options)).text,
      "POST - _method=PUT",
    );
  });

  for (const method of ["GET", "PUT"]) {
    test(`changes no ${method}`, async () => {
      const headers = { "X-HTTP-Method-Override": "DELETE" };
      assert.equal((await ask()(method, "/", { headers })).text, `${method} - `);
    });
  }

  for (const named of ["GET", "HEAD", "CONNECT", "PROPFIND", ""]) {
    test(`leaves a POST that names ${JSON.stringify(named)} a POST`, async () => {
      const headers = { "X-HTTP-Method-Override": named };
      assert.equal((await ask()("POST", "/", { headers })).text, "POST - ");
    });
  }

  test("allows other methods where they are listed", async () => {
    const headers = { "X-HTTP-Method-Override": "PROPFIND" };
    const allows = ask({ methods: ["PROPFIND"] });
    assert.equal((await allows("POST", "/", { headers })).text, "PROPFIND POST ");
  });

  for (const [option, options] of [
    ["methods", { methods: ["GET"] }],
    ["methods", { methods: ["P UT"] }],
    ["header", { header: "X:" }],
    ["maxFormBytes", { maxFormBytes: -1 }],
  ] as const satisfies readonly (readonly [string, MethodOverrideOptions])[]) {
    test(`refuses ${option} of ${Object.values(options).join()}`, () => {
      assert.throws(
        () => methodOverride(options),
        (error) => error instanceof OptionError && error.option === option,
      );
    });
  }
});
