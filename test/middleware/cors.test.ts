/** cors: who may read answers, and what preflight requests are told (Fetch standard, §3.2). */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CorsOptions, cors } from "../../src/middleware/cors.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { answers, asking, type TestResponse, values } from "./asking.ts";

const SHOP = "https://shop.example";
const OTHER = "https://other.example";

const ask = (options: CorsOptions) => asking(cors(options), answers("hello"));

function read(options: CorsOptions, origin?: string): Promise<TestResponse> {
  return ask(options)("GET", "/", origin === undefined ? {} : { headers: { Origin: origin } });
}

function preflight(
  options: CorsOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestResponse> {
  const asked = { Origin: SHOP, "Access-Control-Request-Method": "PUT", ...headers };
  return asking(cors(options), () => assert.fail("the application was called"))("OPTIONS", "/", {
    headers: asked,
  });
}

describe("an answer", () => {
  test("may be read by everybody where that is said, and is the same for all", async () => {
    for (const origin of [SHOP, undefined]) {
      const response = await read({ origins: "*" }, origin);
      assert.equal(response.header("Access-Control-Allow-Origin"), "*");
      assert.equal(response.header("Vary"), undefined);
    }
  });

  for (const [name, origins] of [
    ["an origin", SHOP],
    ["a list", [OTHER.replace("other", "third"), SHOP]],
    ["an expression", /^https:\/\/(\w+\.)?shop\.example$/],
    ["a function", (origin: string) => origin.endsWith("//shop.example")],
  ] as const) {
    test(`may be read by whom ${name} allows, and by no other`, async () => {
      const allowed = await read({ origins }, SHOP);
      assert.equal(allowed.header("Access-Control-Allow-Origin"), SHOP);
      const other = await read({ origins }, OTHER);
      assert.equal(other.header("Access-Control-Allow-Origin"), undefined);
      assert.equal(other.text, "hello");
    });
  }

  test("varies by origin for all, where it is not the same for all", async () => {
    for (const origin of [SHOP, OTHER, undefined]) {
      assert.equal((await read({ origins: SHOP }, origin)).header("Vary"), "Origin");
    }
  });

  test("keeps what it varies by already", async () => {
    const varies = answers("x", [
      ["Content-Type", "text/plain"],
      ["Vary", "Accept"],
    ]);
    const response = await asking(cors({ origins: SHOP }), varies)("GET", "/");
    assert.deepEqual(values(response, "vary"), ["Accept, Origin"]);
  });

  test("says what else may be read, and that cookies may come along", async () => {
    const options = { origins: SHOP, exposedHeaders: ["ETag", "X-Total"], credentials: true };
    const response = await read(options, SHOP);
    assert.equal(response.header("Access-Control-Expose-Headers"), "ETag, X-Total");
    assert.equal(response.header("Access-Control-Allow-Credentials"), "true");
    const other = await read(options, OTHER);
    assert.equal(other.header("Access-Control-Allow-Credentials"), undefined);
  });

  test('to a page without an origin may be read where "null" is listed', async () => {
    assert.equal(
      (await read({ origins: SHOP }, "null")).header("Access-Control-Allow-Origin"),
      undefined,
    );
    const response = await read({ origins: ["null"] }, "null");
    assert.equal(response.header("Access-Control-Allow-Origin"), "null");
  });

  test("an expression tells every request the same", async () => {
    const asked = ask({ origins: /^https:\/\/shop\.example$/g });
    for (let time = 0; time < 3; time += 1) {
      const response = await asked("GET", "/", { headers: { Origin: SHOP } });
      assert.equal(response.header("Access-Control-Allow-Origin"), SHOP);
    }
  });
});

describe("a preflight request", () => {
  test("is answered in the application's place", async () => {
    const response = await preflight({ origins: SHOP, maxAge: 600 });
    assert.equal(response.status, 204);
    assert.equal(response.header("Access-Control-Allow-Origin"), SHOP);
    assert.equal(
      response.header("Access-Control-Allow-Methods"),
      "GET, HEAD, POST, PUT, PATCH, DELETE",
    );
    assert.equal(response.header("Access-Control-Max-Age"), "600");
    assert.equal(
      response.header("Vary"),
      "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
    );
    assert.equal(response.header("Content-Length"), undefined);
  });

  test("is allowed the fields that it asks for, or those that are listed", async () => {
    const asked = { "Access-Control-Request-Headers": "x-token,content-type" };
    const open = await preflight({ origins: SHOP }, asked);
    assert.equal(open.header("Access-Control-Allow-Headers"), "x-token, content-type");
    const listed = await preflight({ origins: SHOP, headers: ["X-Token", "Content-Type"] }, asked);
    assert.equal(listed.header("Access-Control-Allow-Headers"), "x-token, content-type");
  });

  for (const [what, options, asked, reason] of [
    ["an origin", { origins: OTHER }, {}, `the origin ${SHOP}`],
    ["a method", { origins: SHOP, methods: ["GET"] }, {}, "the method PUT"],
    [
      "a field",
      { origins: SHOP, headers: ["X-Token"] },
      { "Access-Control-Request-Headers": "x-other" },
      "the field x-other",
    ],
    [
      "a public network",
      { origins: SHOP },
      { "Access-Control-Request-Private-Network": "true" },
      "pages of public networks",
    ],
  ] as const) {
    test(`is refused ${what} that is not allowed, with the reason`, async () => {
      const response = await preflight(options, asked);
      assert.equal(response.status, 403);
      assert.match(response.text, new RegExp(`^CORS: ${reason} (is|are) not allowed\n$`));
      assert.equal(response.header("Access-Control-Allow-Origin"), undefined);
    });
  }

  test("of a public network is allowed where that is said", async () => {
    const asked = { "Access-Control-Request-Private-Network": "true" };
    const response = await preflight({ origins: "*", privateNetwork: true }, asked);
    assert.equal(response.header("Access-Control-Allow-Private-Network"), "true");
  });

  test("is one only with origin and method: other OPTIONS are the application's", async () => {
    const asked = ask({ origins: SHOP });
    assert.equal((await asked("OPTIONS", "/", { headers: { Origin: SHOP } })).text, "hello");
    const headers = { "Access-Control-Request-Method": "PUT" };
    assert.equal((await asked("OPTIONS", "/", { headers })).text, "hello");
  });
});

describe("options without a meaning are refused:", () => {
  for (const [option, options] of [
    ["credentials", { origins: "*", credentials: true }],
    ["origins", { origins: ["*"] }],
    ["origins", { origins: "shop.example" }],
    ["origins", { origins: "https://shop.example/" }],
    ["origins", { origins: "https://shop.example:443" }],
    ["origins", { origins: "https://Shop.example" }],
    ["origins", { origins: /shop\.example$/ }],
    ["origins", { origins: /^https:\/\/shop\.example/ }],
    ["origins", { origins: /^https:\/\/shop\.example\$/ }],
    ["origins", { origins: /^https:\/\/shop\.example|https:\/\/app\.example$/ }],
    ["origins", { origins: /^https:\/\/shop\.example|^https:\/\/app\.example$/ }],
    ["origins", { origins: /^https:\/\/shop\.example$|app\.example$/ }],
    ["methods", { origins: SHOP, methods: ["GET,POST"] }],
    ["headers", { origins: SHOP, headers: ["X Token"] }],
    ["exposedHeaders", { origins: SHOP, exposedHeaders: [""] }],
    ["maxAge", { origins: SHOP, maxAge: -1 }],
  ] as const satisfies readonly (readonly [string, CorsOptions])[]) {
    test(`${option} of ${String(Object.values(options).at(-1))}`, () => {
      assert.throws(
        () => cors(options),
        (error) => error instanceof OptionError && error.option === option,
      );
    });
  }

  test("an origin as browsers send it is told", () => {
    assert.throws(
      () => cors({ origins: "https://shop.example:443" }),
      /write https:\/\/shop\.example$/,
    );
  });

  for (const origins of [
    /^https:\/\/shop\.example$|\.shop\.example$/,
    /^https:\/\/(?:shop|app)[.|]example$/,
    /^https:\/\/shop\.example(?:\||\))?\\$/,
  ]) {
    test(`${origins} is closed at both ends`, () => assert.ok(cors({ origins })));
  }

  test("schemes of applications are origins, too", () => {
    assert.ok(cors({ origins: ["capacitor://localhost", "chrome-extension://abcdef"] }));
  });
});
