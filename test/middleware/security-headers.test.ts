/** securityHeaders: safe values in every answer, each of which may be off. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../../src/middleware/option-error.ts";
import {
  type SecurityHeadersOptions,
  securityHeaders,
} from "../../src/middleware/security-headers.ts";
import type { HeaderList } from "../../src/wsgi/types.ts";
import { answers, asking, shows } from "./asking.ts";

const HTTPS = { "wsgi.url_scheme": "https" } as const;

/** All fields that were added to an answer. */
async function added(
  options: SecurityHeadersOptions = {},
  given: { readonly "wsgi.url_scheme"?: "https" } = {},
  own: HeaderList = [],
): Promise<Readonly<Record<string, string>>> {
  const application = answers("x", [["Content-Type", "text/plain"], ...own]);
  const { headers } = await asking(securityHeaders(options), application, given)("GET", "/");
  return Object.fromEntries(headers.filter(([name]) => name !== "Content-Type"));
}

const SAFE = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "SAMEORIGIN",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "frame-ancestors 'self'",
};

describe("securityHeaders", () => {
  test("adds what is safe for most sites", async () => {
    assert.deepEqual(await added(), SAFE);
  });

  test("has browsers keep to https, where they came by it", async () => {
    const transport = { "Strict-Transport-Security": "max-age=31536000" };
    assert.deepEqual(await added({}, HTTPS), { ...SAFE, ...transport });
    const strictTransport = { maxAge: 63_072_000, includeSubDomains: true, preload: true };
    const fields = await added({ strictTransport }, HTTPS);
    assert.equal(
      fields["Strict-Transport-Security"],
      "max-age=63072000; includeSubDomains; preload",
    );
  });

  test("leaves out what is off", async () => {
    const off = {
      strictTransport: false,
      contentTypeOptions: false,
      frameAncestors: false,
      referrerPolicy: false,
      crossOriginOpener: false,
      crossOriginResource: false,
    } as const;
    assert.deepEqual(await added(off, HTTPS), {});
  });

  test("leaves what the application says itself", async () => {
    const own = [
      ["x-frame-options", "DENY"],
      ["Content-Security-Policy", "default-src 'none'"],
    ] satisfies HeaderList;
    const { "X-Frame-Options": _, ...others } = SAFE;
    const fields = await added({}, {}, own);
    assert.deepEqual(fields, { ...others, ...Object.fromEntries(own) });
  });

  test("says who may frame pages in both ways, as far as the old one can", async () => {
    const none = await added({ frameAncestors: "'none'" });
    assert.equal(none["X-Frame-Options"], "DENY");
    const partner = await added({ frameAncestors: "'self' https://partner.example" });
    assert.equal(partner["X-Frame-Options"], undefined);
    assert.equal(
      partner["Content-Security-Policy"],
      "frame-ancestors 'self' https://partner.example",
    );
  });

  test("joins a policy of directives, and one for permissions", async () => {
    const fields = await added({
      contentSecurityPolicy: {
        "default-src": "'self'",
        "img-src": ["'self'", "data:"],
        "upgrade-insecure-requests": "",
      },
      permissionsPolicy: "camera=()",
    });
    assert.equal(
      fields["Content-Security-Policy"],
      "frame-ancestors 'self'; default-src 'self'; img-src 'self' data:; upgrade-insecure-requests",
    );
    assert.equal(fields["Permissions-Policy"], "camera=()");
  });

  test("gives each answer a nonce of its own, which the application finds in its environ", async () => {
    const policy = { "script-src": ["'nonce'", "'strict-dynamic'"], "style-src": "'nonce'" };
    const nonce = shows((environ) => environ["portico.csp_nonce"]);
    const ask = asking(securityHeaders({ contentSecurityPolicy: policy }), nonce);
    const [first, second] = [await ask("GET", "/"), await ask("GET", "/")];
    const value = first.json();
    assert.match(String(value), /^[\w+/]{22}==$/);
    assert.equal(
      first.header("Content-Security-Policy"),
      `frame-ancestors 'self'; script-src 'nonce-${value}' 'strict-dynamic'; style-src 'nonce-${value}'`,
    );
    assert.notEqual(second.json(), value);
  });

  test("makes no nonce that no policy has", async () => {
    const ask = asking(
      securityHeaders(),
      shows((environ) => environ["portico.csp_nonce"]),
    );
    assert.equal((await ask("GET", "/")).json(), null);
  });

  test("gives a stored page no nonce of another answer", async () => {
    const options = { contentSecurityPolicy: { "script-src": "'nonce'" } };
    const unchanged = answers("", [["ETag", '"x"']], "304 Not Modified");
    const ask = asking(securityHeaders(options), (environ, startResponse) => {
      unchanged(environ, startResponse);
      return [];
    });
    const response = await ask("GET", "/");
    assert.equal(response.header("Content-Security-Policy"), undefined);
    assert.equal(response.header("X-Content-Type-Options"), "nosniff");
  });

  test("reports on a policy, and still keeps others from framing", async () => {
    const fields = await added({
      contentSecurityPolicy: { "default-src": "'self'" },
      reportOnly: true,
    });
    assert.equal(fields["Content-Security-Policy"], "frame-ancestors 'self'");
    assert.equal(fields["Content-Security-Policy-Report-Only"], "default-src 'self'");
  });
});

describe("options without a meaning are refused:", () => {
  for (const [option, options] of [
    ["strictTransport.maxAge", { strictTransport: { maxAge: -1 } }],
    ["strictTransport.preload", { strictTransport: { preload: true } }],
    ["referrerPolicy", { referrerPolicy: "same-origin\r\nX: y" }],
    ["permissionsPolicy", { permissionsPolicy: "" }],
    ["contentSecurityPolicy", { contentSecurityPolicy: { scriptSrc: "'self'" } }],
    ["contentSecurityPolicy", { contentSecurityPolicy: { "script-src": "a; b" } }],
    ["contentSecurityPolicy", { contentSecurityPolicy: { "script-src": "a, b" } }],
    ["contentSecurityPolicy", { frameAncestors: "'self'; script-src *" }],
  ] as const satisfies readonly (readonly [string, SecurityHeadersOptions])[]) {
    test(`${option} of ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => securityHeaders(options),
        (error) => error instanceof OptionError && error.option === option,
      );
    });
  }
});
