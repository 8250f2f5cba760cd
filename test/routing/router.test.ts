/** A router as an application: methods, errors, middleware, and what it is mounted in and mounts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HttpError } from "../../src/messages/http-error.ts";
import { HttpResponse, json, text } from "../../src/messages/http-response.ts";
import { RouteError } from "../../src/routing/errors.ts";
import { pathParams } from "../../src/routing/request-params.ts";
import { createRouter } from "../../src/routing/router.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, Middleware } from "../../src/wsgi/types.ts";

/** Answers with the two parts of its path. */
const where: Application = ({ SCRIPT_NAME, PATH_INFO }, startResponse) => {
  startResponse("200 OK", []);
  return [Buffer.from(`${SCRIPT_NAME}|${PATH_INFO}`)];
};

/** Adds its name to a field of the answer. */
function marking(name: string): Middleware {
  return (application) => (environ, startResponse) =>
    application(environ, (status, headers, excInfo) =>
      startResponse(status, [...headers, ["X-Seen", name]], excInfo),
    );
}

describe("a handler", () => {
  test("is given parameters and the request, and may answer later", async () => {
    const client = createClient(
      createRouter()
        .get("/now/<int:id>", ({ id }, request) => `${request.method} ${id + 1}`)
        .post("/later/<name>", async ({ name }) => json({ name })),
    );
    assert.equal((await client.get("/now/6")).text, "GET 7");
    assert.deepEqual((await client.post("/later/ada")).json(), { name: "ada" });
  });

  test("of any method answers all, OPTIONS too", async () => {
    const client = createClient(createRouter().any("/", (_, { method }) => method));
    assert.equal((await client.options("/")).text, "OPTIONS");
    assert.equal((await client.request("PURGE", "/")).text, "PURGE");
  });

  test("of several methods answers these", async () => {
    const client = createClient(
      createRouter().route(["get", "POST"], "/", (_, { method }) => method),
    );
    assert.equal((await client.get("/")).text, "GET");
    assert.equal((await client.post("/")).text, "POST");
    assert.equal((await client.put("/")).status, 405);
  });
});

describe("what no handler answers", () => {
  const client = createClient(
    createRouter()
      .get("/users/<int:id>", () => "user")
      .delete("/users/<int:id>", () => "deleted")
      .post("/users/", () => "made"),
  );

  test("HEAD is answered as GET, without content", async () => {
    const { status, bytes, headers } = await client.head("/users/7");
    assert.deepEqual([status, bytes.length], [200, 0]);
    assert.ok(headers.some(([name, value]) => name === "Content-Length" && value === "4"));
  });

  test("OPTIONS is answered with the methods of the path", async () => {
    const answer = await client.options("/users/7");
    assert.equal(answer.status, 204);
    assert.equal(answer.header("Allow"), "DELETE, GET, HEAD, OPTIONS");
    assert.equal((await client.options("/nowhere")).status, 404);
  });

  test("another method is a 405 with those that there are", async () => {
    const answer = await client.put("/users/7");
    assert.equal(answer.status, 405);
    assert.equal(answer.header("Allow"), "DELETE, GET, HEAD, OPTIONS");
  });

  test("another path is a 404", async () => {
    assert.equal((await client.get("/users/x")).status, 404);
  });

  test("a path without its slash is redirected, with the method kept", async () => {
    const answer = await client.post("/users?a=b");
    assert.equal(answer.status, 308);
    assert.equal(answer.header("Location"), "/users/?a=b");
  });

  test("a query of strange bytes cannot leave the field that it is redirected in", async () => {
    const inner = createRouter().get("/a/", () => "a");
    const client = createClient((environ, startResponse) =>
      inner({ ...environ, QUERY_STRING: 'x=\xe9 "\r\n' }, startResponse),
    );
    assert.equal((await client.get("/a")).header("Location"), '/a/?x=%E9%20"%0D%0A');
  });
});

describe("an error", () => {
  const failing = (error: unknown) =>
    createRouter()
      .get("/now", () => {
        throw error;
      })
      .get("/later", () => Promise.reject(error));

  test("that is an answer is answered", async () => {
    const client = createClient(failing(new HttpError(403, "not you")));
    for (const path of ["/now", "/later"]) {
      const answer = await client.get(path);
      assert.deepEqual([answer.status, answer.text], [403, "not you\n"]);
    }
  });

  test("of another kind is the server's", async () => {
    const client = createClient(failing(new RangeError("broken")));
    for (const path of ["/now", "/later"]) await assert.rejects(client.get(path), /broken/);
  });

  test("is answered by the handler for its status, the router's own ones too", async () => {
    const router = failing(new HttpError(403, "not you"))
      .onError(403, async ({ message }, { path }) => text(`${message}: ${path}`, { status: 401 }))
      .onError(404, () => text("nobody here", { status: 404 }))
      .onError(
        405,
        ({ headers }) => new HttpResponse(null, { status: 405, headers: headers ?? {} }),
      );
    const client = createClient(router);
    for (const path of ["/now", "/later"]) {
      const answer = await client.get(path);
      assert.deepEqual([answer.status, answer.text], [401, `not you: ${path}`]);
    }
    assert.equal((await client.get("/nowhere")).text, "nobody here");
    const refused = await client.post("/now");
    assert.equal(refused.header("Allow"), "GET, HEAD, OPTIONS");
  });

  test("of another kind can be answered as a 500, and is written down", async () => {
    const written: string[] = [];
    const router = failing(new RangeError("broken")).onError(500, ({ cause }) =>
      text(`sorry: ${cause instanceof RangeError}`, { status: 500 }),
    );
    const client = createClient((environ, startResponse) => {
      const errors = { ...environ["wsgi.errors"], write: (line: string) => written.push(line) };
      return router({ ...environ, "wsgi.errors": errors }, startResponse);
    });
    assert.equal((await client.get("/now")).text, "sorry: true");
    assert.equal((await client.get("/later")).text, "sorry: true");
    assert.equal(written.length, 2);
    assert.match(written[0] ?? "", /RangeError: broken\n.*router\.test/s);
  });
});

describe("middleware", () => {
  const router = createRouter()
    .use(marking("outer"), marking("inner"))
    .get("/plain", () => "plain")
    .get("/marked/<int:id>", ({ id }) => `${id}`, { middleware: [marking("route")] })
    .mount("/below", where, { middleware: [marking("mount")] });
  const client = createClient(router);
  const seen = async (path: string) =>
    (await client.get(path)).headers.filter(([name]) => name === "X-Seen").map(([, by]) => by);

  test("of the router is around all that it answers, the first outermost", async () => {
    assert.deepEqual(await seen("/plain"), ["inner", "outer"]);
    assert.deepEqual(await seen("/nowhere"), ["inner", "outer"]);
  });

  test("is called once, however much is added and asked", async () => {
    let calls = 0;
    const counting: Middleware = (application) => {
      calls += 1;
      return application;
    };
    const router = createRouter()
      .use(counting)
      .use(marking("x"))
      .get("/", () => "");
    const client = createClient(router);
    await client.get("/");
    await client.get("/");
    assert.equal(calls, 1);
  });

  test("of a route is around that route alone, which keeps its parameters", async () => {
    assert.deepEqual(await seen("/marked/7"), ["route", "inner", "outer"]);
    assert.equal((await client.get("/marked/7")).text, "7");
    assert.deepEqual(await seen("/below/x"), ["mount", "inner", "outer"]);
  });

  test("of a route finds the parameters in its environ", async () => {
    const found: unknown[] = [];
    const looking: Middleware = (application) => (environ, startResponse) => {
      found.push(pathParams({ environ }));
      return application(environ, startResponse);
    };
    const router = createRouter().get("/<int:id>", () => "", { middleware: [looking] });
    await createClient(router).get("/7");
    assert.deepEqual(found, [{ id: 7 }]);
  });
});

describe("a mounted application", () => {
  const router = createRouter()
    .get("/admin/login", () => "login")
    .mount("/admin", where)
    .mount("/<lang>/docs/", where)
    .mount("/caf\u00e9", where);
  const client = createClient(router);

  for (const [path, answer] of [
    ["/admin", "/admin|"],
    ["/admin/", "/admin|/"],
    ["/admin/x//y", "/admin|/x//y"],
    ["/admin/login", "login"],
    ["/admin/login/", "/admin|/login/"],
    ["/de/docs", "/de/docs|"],
    ["/de/docs/a", "/de/docs|/a"],
    ["/%C3%BC/docs/%2Fa", "/\xc3\xbc/docs|//a"],
    ["/caf%C3%A9/x", "/caf\xc3\xa9|/x"],
    ["/%FF/docs/x", "/\xff/docs|/x"],
  ] as const) {
    test(`gets ${path} as ${JSON.stringify(answer)}`, async () => {
      assert.equal((await client.get(path)).text, Buffer.from(answer).toString());
    });
  }

  test("gets no other path", async () => {
    for (const path of ["/administer", "/", "/de", "/de/document"]) {
      assert.equal((await client.get(path)).status, 404, path);
    }
  });

  test("with slashes before it, stands behind one", async () => {
    const client = createClient((environ, startResponse) =>
      router({ ...environ, PATH_INFO: "//admin//x" }, startResponse),
    );
    assert.equal((await client.get("/")).text, "/admin|//x");
  });

  test("at the root gets what no route takes", async () => {
    const client = createClient(
      createRouter()
        .get("/a", () => "a")
        .mount("/", where),
    );
    assert.equal((await client.get("/a")).text, "a");
    assert.equal((await client.post("/a")).text, "|/a");
    assert.equal((await client.get("/b")).text, "|/b");
  });

  test("finds the parameters above it in its environ, all of them", async () => {
    const inner = createRouter().get("/<page>", (params, request) =>
      json({ ...pathParams(request), ...params }),
    );
    const outer = createRouter().mount("/<lang>", createRouter().mount("/<int:year>", inner));
    const answer = await createClient(outer).get("/de/1999/home");
    assert.deepEqual(answer.json(), { lang: "de", year: 1999, page: "home" });
  });

  test("leaves the environ that the router was given as it was", async () => {
    let kept: object = {};
    const client = createClient((environ, startResponse) => {
      kept = { ...environ };
      const body = router(environ, startResponse);
      assert.deepEqual({ ...environ }, kept);
      return body;
    });
    await client.get("/de/docs/a");
  });
});

describe("a route cannot be added", () => {
  const no = () => "";
  const attempts: Readonly<Record<string, readonly [() => unknown, RegExp]>> = {
    "without a slash": [() => createRouter().get("x", no), /"x" does not begin with a single/],
    "with slashes that no path has": [
      () => createRouter({ mergeSlashes: false }).get("//x", no),
      /"\/\/x" does not begin with a single slash/,
    ],
    "with an open bracket": [
      () => createRouter().get("/<x", no),
      /"\/<x" cannot be read from "<x"/,
    ],
    "with an unknown converter": [
      () => createRouter().get("/<no:x>", no),
      /<no:x> in "\/<no:x>": there is no converter no/,
    ],
    "with a parameter twice": [() => createRouter().get("/<x>/<x>", no), /two parameters x/],
    "with a parameter that its host has": [
      () => createRouter({ host: "<x>.example.com" }).get("/<x>", no),
      /two parameters x/,
    ],
    "with an argument that is none": [
      () => createRouter().get("/<int(min=a):x>", no),
      /"a" is no number/,
    ],
    "with an argument too many": [
      () => createRouter().get("/<string(1,2,3,4):x>", no),
      /"4" is one argument too many/,
    ],
    "with an unknown argument": [
      () => createRouter().get("/<int(least=4):x>", no),
      /least is none of fixed_digits, min, max, signed/,
    ],
    "with an argument twice": [
      () => createRouter().get("/<int(min=1,min=2):x>", no),
      /min is given twice/,
    ],
    "with any of nothing": [() => createRouter().get("/<any():x>", no), /any needs an item/],
    "with bounds that nothing is within": [
      () => createRouter().get("/<int(min=2,max=1):x>", no),
      /no number is between 2 and 1/,
    ],
    "with a flag that is none": [
      () => createRouter().get("/<int(signed=perhaps):x>", no),
      /"perhaps" is neither true nor false/,
    ],
    "for a host with a port": [
      () => createRouter().get("/", no, { host: "example.com:80" }),
      /leave out its port/,
    ],
    "with a regex that is none": [
      () => createRouter({ converters: { bad: { regex: "(" } } }).get("/<bad:x>", no),
      /<bad:x> in "\/<bad:x>": Invalid regular expression/,
    ],
    "where another is mounted": [
      () => createRouter().mount("/a", where).mount("/a/", where),
      /two applications are mounted at "\/a\/"/,
    ],
    "as a mount that spans segments": [
      () => createRouter().mount("/<path:x>", where),
      /no parameter can span segments/,
    ],
  };
  for (const [how, [add, message]] of Object.entries(attempts)) {
    test(how, () => {
      assert.throws(add, (error) => error instanceof RouteError && message.test(error.message));
    });
  }
});
