/** Which requests are refused as another site's doing, and which tokens are accepted. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CsrfOptions, csrf, csrfToken } from "../../src/middleware/csrf.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import { type Ask, asking } from "./asking.ts";

const secretKey = "a key";

/** Answers a GET with a token, anything else with its body. */
const application: Application = async (environ, startResponse) => {
  const isGet = environ.REQUEST_METHOD === "GET";
  const body = isGet ? Buffer.from(csrfToken(environ)) : await environ["wsgi.input"].read();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [body];
};

type Headers = Readonly<Record<string, string>>;

interface Sent {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | Uint8Array;
}

function send(
  options: CsrfOptions,
  { method = "POST", headers = {}, body }: Sent = {},
): ReturnType<Ask> {
  const ask = asking(csrf(options), application);
  return ask(method, "http://shop.example/", body === undefined ? { headers } : { headers, body });
}

/** What a browser has after it has seen a page: the cookie, and a token of it. */
async function visit(
  options: CsrfOptions,
  cookie?: string,
): Promise<{ cookie: string; token: string }> {
  const headers: Headers = cookie === undefined ? {} : { Cookie: cookie };
  const answer = await send(options, { method: "GET", headers });
  const [pair = ""] = (answer.header("Set-Cookie") ?? "").split(";");
  return { cookie: pair, token: answer.text };
}

describe("a request is let through by what its browser says of its site", () => {
  const trusted = { trustedOrigins: ["https://app.example", "https://*.partner.example"] };
  for (const [status, headers, options] of [
    [200, { "Sec-Fetch-Site": "same-origin" }, {}],
    [200, { "Sec-Fetch-Site": "none" }, {}],
    [403, { "Sec-Fetch-Site": "same-site" }, {}],
    [403, { "Sec-Fetch-Site": "cross-site" }, {}],
    [403, { "Sec-Fetch-Site": "Same-Origin" }, {}],
    [200, { "Sec-Fetch-Site": "same-origin", Origin: "null" }, {}],
    [403, { "Sec-Fetch-Site": "cross-site", Origin: "http://shop.example" }, {}],
    [200, { Origin: "http://shop.example" }, {}],
    [200, { Origin: "http://shop.example:80" }, {}],
    [200, { Origin: "http://SHOP.example" }, {}],
    [403, { Origin: "http://shop.example:8080" }, {}],
    [403, { Origin: "https://shop.example" }, {}],
    [403, { Origin: "http://evil.example" }, {}],
    [403, { Origin: "http://shop.example.evil.example" }, {}],
    [403, { Origin: "null" }, {}],
    [403, { Origin: "" }, {}],
    [200, { "Sec-Fetch-Site": "cross-site", Origin: "https://app.example" }, trusted],
    [200, { Origin: "https://a.b.partner.example" }, trusted],
    [403, { Origin: "https://partner.example" }, trusted],
    [403, { Origin: "http://app.example" }, trusted],
    [403, { Origin: "https://evilpartner.example" }, trusted],
    [403, { Origin: "https://evil.example/.partner.example" }, trusted],
  ] as const) {
    test(`${JSON.stringify(headers)} is answered ${status}`, async () => {
      assert.equal((await send(options, { headers })).status, status);
    });
  }

  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE"]) {
    test(`${method} of another site is let through: it changes nothing`, async () => {
      const headers = { "Sec-Fetch-Site": "cross-site" };
      assert.equal((await send({}, { method, headers })).status, 200);
    });
  }

  for (const method of ["PUT", "PATCH", "DELETE", "PROPFIND"]) {
    test(`${method} of another site is refused`, async () => {
      const answer = await send({}, { method, headers: { "Sec-Fetch-Site": "cross-site" } });
      assert.deepEqual(
        [answer.status, answer.text],
        [403, "the request was refused, since it comes from another site\n"],
      );
    });
  }

  test("one that is exempt is not judged", async () => {
    const exempt = (environ: Environ): boolean => environ.HTTP_X_HOOK === "signed";
    const headers = { "Sec-Fetch-Site": "cross-site", "X-Hook": "signed" };
    assert.equal((await send({ exempt }, { headers })).status, 200);
  });
});

describe("a request whose browser says nothing", () => {
  for (const [what, options] of [
    ["signed", { secretKey }],
    ["unsigned, as Django's are", {}],
  ] as const) {
    test(`is let through with a token in X-CSRFToken (${what})`, async () => {
      const { cookie, token } = await visit(options);
      for (const sent of [token, cookie.split("=")[1] ?? ""]) {
        const headers = { Cookie: cookie, "X-CSRFToken": sent };
        assert.equal((await send(options, { headers })).status, 200);
      }
    });
  }

  for (const [kind, type, bodyOf] of [
    [
      "URL-encoded",
      "application/x-www-form-urlencoded",
      (token: string) => `a=1&csrfmiddlewaretoken=${token}&b=%C3%A9`,
    ],
    [
      "multipart",
      "multipart/form-data; boundary=----0123456789",
      (token: string) =>
        `------0123456789\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n${token}\r\n------0123456789--\r\n`,
    ],
  ] as const) {
    test(`is let through with a token in its ${kind} form, which the application can read`, async () => {
      const { cookie, token } = await visit({ secretKey });
      const headers = { Cookie: cookie, "Content-Type": type };
      const body = bodyOf(token);
      const answer = await send({ secretKey }, { headers, body });
      assert.deepEqual([answer.status, answer.text], [200, body]);
      const wrong = await send({ secretKey }, { headers, body: bodyOf("A".repeat(64)) });
      assert.match(wrong.text, /its CSRF token is not that of its cookie/);
    });
  }

  test("is refused without a cookie, without a token, and with that of another cookie", async () => {
    const one = await visit({ secretKey });
    const other = await visit({ secretKey });
    for (const [headers, reason] of [
      [{}, /it has no CSRF cookie/],
      [{ Cookie: one.cookie }, /it has no CSRF token/],
      [{ Cookie: one.cookie, "X-CSRFToken": other.token }, /is not that of its cookie/],
      [{ Cookie: one.cookie, "X-CSRFToken": "" }, /is not that of its cookie/],
      [{ Cookie: "csrftoken=short", "X-CSRFToken": "short" }, /it has no CSRF cookie/],
    ] as const) {
      const answer = await send({ secretKey }, { headers });
      assert.equal(answer.status, 403);
      assert.match(answer.text, reason);
    }
  });

  test("is refused with a cookie that somebody else has made", async () => {
    const { cookie, token } = await visit({ secretKey: "another" });
    const headers = { Cookie: cookie, "X-CSRFToken": token };
    assert.match((await send({ secretKey }, { headers })).text, /it has no CSRF cookie/);
    const secretKeyFallbacks = ["another"];
    assert.equal((await send({ secretKey, secretKeyFallbacks }, { headers })).status, 200);
  });

  test("is refused with the token of another owner", async () => {
    const owner = (environ: Environ): string => environ.HTTP_X_USER ?? "";
    const options = { secretKey, owner };
    const { cookie, token } = await visit(options);
    const headers = { Cookie: cookie, "X-CSRFToken": token };
    assert.equal((await send(options, { headers })).status, 200);
    assert.equal((await send(options, { headers: { ...headers, "X-User": "eve" } })).status, 403);
  });

  test("is refused with a form that is longer than is read for a token", async () => {
    const { cookie, token } = await visit({ secretKey });
    const headers = { Cookie: cookie, "Content-Type": "application/x-www-form-urlencoded" };
    const body = `csrfmiddlewaretoken=${token}`;
    const at = (maxFormBytes: number): ReturnType<Ask> =>
      send({ secretKey, maxFormBytes }, { headers, body });
    assert.equal((await at(body.length)).status, 200);
    assert.match((await at(body.length - 1)).text, /too long to look for a CSRF token/);
  });

  test("is let through where tokens are never asked for", async () => {
    assert.equal((await send({ tokens: "never" })).status, 200);
  });

  test("and one that says the same site needs a token where they are always asked for", async () => {
    const options = { secretKey, tokens: "always" } as const;
    const { cookie, token } = await visit(options);
    const headers = { Cookie: cookie, Origin: "http://shop.example" };
    assert.equal((await send(options, { headers })).status, 403);
    assert.equal(
      (await send(options, { headers: { ...headers, "X-CSRFToken": token } })).status,
      200,
    );
  });
});

describe("the cookie", () => {
  test("cannot be set any more once the answer has begun: a token fails then, and not the form", async () => {
    const late: Application = (environ, startResponse) => {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [Buffer.from(csrfToken(environ))];
    };
    const client = createClient(csrf()(late));
    await assert.rejects(client.get("/"), /before/);
    client.cookies.set("csrftoken", "a".repeat(32));
    assert.equal((await client.get("/")).text.length, 64);
  });

  test("is set where a token was made, for a year, readable for scripts", async () => {
    const answer = await send({ secretKey }, { method: "GET" });
    assert.match(
      answer.header("Set-Cookie") ?? "",
      /^csrftoken=[a-zA-Z0-9]{32}; Max-Age=31449600; Path=\/; SameSite=Lax$/,
    );
    assert.equal(answer.header("Vary"), "Cookie");
    assert.deepEqual((await send({}, { headers: { "Sec-Fetch-Site": "none" } })).headers, [
      ["Content-Type", "text/plain"],
    ]);
  });

  test("stays the same while tokens are not", async () => {
    const first = await visit({ secretKey });
    const second = await visit({ secretKey }, first.cookie);
    assert.equal(second.cookie, first.cookie);
    assert.notEqual(second.token, first.token);
  });
});

test("a token without the middleware is an error that names the remedy", async () => {
  await assert.rejects(createClient(application).get("/"), /put the middleware csrf\(\) around/);
});

for (const [options, message] of [
  [{ trustedOrigins: ["shop.example"] }, /^csrf: trustedOrigins has "shop\.example"/],
  [{ trustedOrigins: ["https://shop.example/"] }, /^csrf: trustedOrigins has/],
  [{ maxFormBytes: -1 }, /^csrf: maxFormBytes/],
] as const) {
  test(`options that cannot be used are refused: ${String(message)}`, () => {
    assert.throws(() => csrf(options), { name: "OptionError", message });
  });
}
