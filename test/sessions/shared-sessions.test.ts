/** A login made in Python holds in TypeScript, and back: real applications beside one another. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { HttpRequest } from "../../src/messages/http-request.ts";
import { json } from "../../src/messages/http-response.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { csrf, csrfToken } from "../../src/middleware/csrf.ts";
import { sessions } from "../../src/middleware/sessions.ts";
import { mount } from "../../src/routing/mount.ts";
import { djangoSession } from "../../src/sessions/django-session.ts";
import { flaskSession } from "../../src/sessions/flask-session.ts";
import { sessionOf } from "../../src/sessions/session.ts";
import { Uuid } from "../../src/sessions/tagged-json.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { lazyPython } from "../support/lazy-python.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { urlEncodedForm } from "../support/request-body.ts";
import { type ServedApplication, serveApplication } from "../support/serve-application.ts";
import { Visitor } from "../support/visitor.ts";

const secretKey = "shared by both";

interface Shop {
  readonly user: string;
  readonly cart: readonly (readonly [string, number])[];
  readonly visits: number;
  readonly since: Date;
  readonly id: Uuid;
}

/** Shows the session, names a user, counts visits, and forgets everything. */
const inTypeScript: Application = toApplication(({ environ, path }: HttpRequest) => {
  const session = sessionOf<Shop>(environ);
  if (path === "/login")
    session.set("user", "grace").set("cart", [Object.freeze(["pear", 1] as const)]);
  if (path === "/visit") session.set("visits", (session.get("visits") ?? 0) + 1);
  if (path === "/logout") session.clear();
  return json(
    Object.fromEntries([...session.entries()].map(([key, value]) => [key, shown(value)])),
  );
});

function shown(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uuid ? value.text : value;
}

function python(target: string): Application {
  return lazyPython(target, {
    directory: join(repositoryRoot, "test", "sessions"),
    pythonPath: [join(repositoryRoot, "python", "src")],
    python: pythonProgram("python"),
  });
}

const SHOPS = [
  {
    framework: "Flask",
    python: python("flask_shop:app"),
    format: flaskSession({ secretKey }),
    cookie: "session",
    tuples: true,
  },
  {
    framework: "Django",
    python: python("django_shop:application"),
    format: djangoSession({ secretKey }),
    cookie: "sessionid",
    tuples: false,
  },
] as const;

for (const { framework, python: inPython, format, cookie, tuples } of SHOPS) {
  describe(`${framework} beside TypeScript`, () => {
    let served: ServedApplication | undefined;
    const visitors: Visitor[] = [];
    const visit = (): Visitor => {
      assert.ok(served !== undefined);
      const visitor = new Visitor(served.port);
      visitors.push(visitor);
      return visitor;
    };

    before(async () => {
      const ts = sessions({ format })(inTypeScript);
      const around = sessions({ format })(inPython);
      served = await serveApplication(mount({ "/py": inPython, "/ts": ts, "/around": around }));
    });
    after(async () => {
      for (const visitor of visitors) visitor.leave();
      await served?.[Symbol.asyncDispose]();
    });

    test("a login made in Python holds in TypeScript", async () => {
      const visitor = visit();
      await visitor.get("/py/login?user=ada");
      const seen = JSON.parse((await visitor.get("/ts/")).text) as Record<string, unknown>;
      assert.equal(seen.user, "ada");
      assert.deepEqual(seen.cart, [["apple", 2]]);
      if (!tuples) return;
      assert.equal(seen.since, "2026-11-21T21:00:00.000Z");
      assert.equal(seen.id, "00000000-0000-0000-0000-000000000007");
    });

    test("what TypeScript changes is seen in Python, beside what it left alone", async () => {
      const visitor = visit();
      await visitor.get("/py/login?user=ada");
      const before = JSON.parse((await visitor.get("/py/")).text) as object;
      await visitor.get("/ts/visit");
      await visitor.get("/ts/visit");
      const seen = JSON.parse((await visitor.get("/py/")).text) as object;
      assert.deepEqual(seen, { ...before, visits: "2" });
    });

    test("a login made in TypeScript holds in Python", async () => {
      const visitor = visit();
      await visitor.get("/ts/login");
      const cart = tuples ? "[('pear', 1)]" : "[['pear', 1]]";
      assert.deepEqual(JSON.parse((await visitor.get("/py/")).text), { cart, user: "'grace'" });
    });

    test("a logout holds on the other side", async () => {
      for (const [inside, outside] of [
        ["/ts", "/py"],
        ["/py", "/ts"],
      ]) {
        const visitor = visit();
        await visitor.get(`${inside}/login?user=ada`);
        assert.ok(visitor.cookie(cookie) !== undefined);
        await visitor.get(`${outside}/logout`);
        assert.equal(visitor.cookie(cookie), undefined);
        assert.equal((await visitor.get(`${inside}/`)).text, "{}");
      }
    });

    test("the middleware around the Python application leaves its cookie alone", async () => {
      const visitor = visit();
      await visitor.get("/around/login?user=ada");
      assert.match((await visitor.get("/around/")).text, /ada/);
    });
  });
}

describe("Django's CSRF protection beside TypeScript's", () => {
  const inTypeScript = toApplication(({ environ, method }: HttpRequest) =>
    method === "GET" ? csrfToken(environ) : "posted",
  );

  for (const [what, middleware, from, to] of [
    ["there that were made here", csrf({ secretKey }), "/ts/", "/py/post"],
    ["here that were made there, if none are signed", csrf(), "/py/token", "/ts/"],
  ] as const) {
    test(`accepts tokens ${what}`, async () => {
      const applications = { "/py": SHOPS[1].python, "/ts": middleware(inTypeScript) };
      await using served = await serveApplication(mount(applications));
      const visitor = new Visitor(served.port);
      const { text: token } = await visitor.get(from);
      assert.equal((await visitor.send("POST", to)).status, 403);
      const answer = await visitor.send("POST", to, [["X-CSRFToken", token]]);
      visitor.leave();
      assert.deepEqual([answer.status, answer.text], [200, "posted"]);
    });
  }

  test("leaves the form in which it found a token to a Python application", async () => {
    const guard = csrf({ secretKey });
    const applications = { "/py": guard(SHOPS[0].python), "/ts": guard(inTypeScript) };
    await using served = await serveApplication(mount(applications));
    const visitor = new Visitor(served.port);
    const { text: token } = await visitor.get("/ts/");
    const form = urlEncodedForm([
      ["csrfmiddlewaretoken", token],
      ["note", "read twice"],
    ]);
    const answer = await visitor.post("/py/echo", form);
    visitor.leave();
    assert.deepEqual([answer.status, answer.text], [200, "read twice"]);
  });
});
