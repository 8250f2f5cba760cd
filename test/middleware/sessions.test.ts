/** The session of a request, and the cookie of an answer. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SessionsOptions, sessions } from "../../src/middleware/sessions.ts";
import { djangoSession } from "../../src/sessions/django-session.ts";
import { flaskSession, signedSession } from "../../src/sessions/flask-session.ts";
import { Session, sessionOf } from "../../src/sessions/session.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import { type Ask, asking, keptErrors, values } from "./asking.ts";

const secretKey = "a key";
const format = flaskSession({ secretKey });
const ADA = format.write(new Map([["user", "ada"]]));
const PERMANENT = format.write(new Map<string, unknown>([["_permanent", true]]));

/** Does something with the session before it answers. */
function application(
  act: (session: Session<{ user: string; list: readonly string[] }>) => void,
  status = "200 OK",
): Application {
  return (environ, startResponse) => {
    act(sessionOf(environ));
    startResponse(status, [["Content-Type", "text/plain"]]);
    return [];
  };
}

interface Asked {
  readonly cookie?: string;
  readonly options?: Partial<SessionsOptions>;
  readonly given?: Partial<Environ>;
}

type Answer = Awaited<ReturnType<Ask>>;

function ask(inner: Application, asked: Asked = {}): Promise<Answer> {
  const { cookie, options = {}, given = {} } = asked;
  const headers: Record<string, string> = cookie === undefined ? {} : { Cookie: cookie };
  return asking(sessions({ format, ...options }), inner, given)("GET", "/", { headers });
}

const cookiesOf = (answer: Answer): readonly string[] => values(answer, "set-cookie");

describe("a session", () => {
  test("that nobody looks at costs no cookie and no Vary", async () => {
    const answer = await ask(
      application(() => {}),
      { cookie: `session=${ADA}` },
    );
    assert.deepEqual(answer.headers, [["Content-Type", "text/plain"]]);
  });

  test("that is read makes the answer vary with the cookie, and sets none", async () => {
    let user: string | undefined;
    const answer = await ask(
      application((session) => {
        user = session.get("user");
      }),
      { cookie: `a=b; session=${ADA}; session=other` },
    );
    assert.equal(user, "ada");
    assert.equal(answer.header("Vary"), "Cookie");
    assert.deepEqual(cookiesOf(answer), []);
  });

  test("that is changed sets a cookie that scripts and other sites do not get", async () => {
    const answer = await ask(application((session) => session.set("user", "bob")));
    const [cookie = "", ...others] = cookiesOf(answer);
    assert.deepEqual(others, []);
    assert.match(cookie, /^session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const [, value = ""] = /^session=([^;]+)/.exec(cookie) ?? [];
    assert.deepEqual([...format.read(value)], [["user", "bob"]]);
  });

  test("has a secure cookie where the request came over https", async () => {
    const answer = await ask(
      application((session) => session.set("user", "bob")),
      { given: { "wsgi.url_scheme": "https" } },
    );
    assert.match(cookiesOf(answer)[0] ?? "", /; Secure;/);
  });

  test("that is cleared makes the client forget the cookie that it sent, and no other", async () => {
    const clear = application((session) => session.clear());
    assert.deepEqual(cookiesOf(await ask(clear)), []);
    const [cookie] = cookiesOf(await ask(clear, { cookie: `session=${ADA}` }));
    assert.match(
      cookie ?? "",
      /^session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=\//,
    );
  });

  test("that loses its last value is as one that is cleared", async () => {
    const answer = await ask(
      application((session) => session.delete("user")),
      {
        cookie: `session=${ADA}`,
      },
    );
    assert.match(cookiesOf(answer)[0] ?? "", /Max-Age=0/);
  });

  test("is signed anew by regenerate alone", async () => {
    const answer = await ask(
      application((session) => session.regenerate()),
      {
        cookie: `session=${ADA}`,
      },
    );
    assert.match(cookiesOf(answer)[0] ?? "", /^session=[\w.-]+;/);
  });

  for (const [what, cookie] of [
    [
      "signed by another key",
      `session=${flaskSession({ secretKey: "other" }).write(new Map([["user", "eve"]]))}`,
    ],
    [
      "expired",
      `session=${flaskSession({ secretKey, now: () => 0 }).write(new Map([["user", "eve"]]))}`,
    ],
    ["nonsense", "session=nonsense"],
    ["empty", "session="],
  ] as const) {
    test(`is empty where the cookie is ${what}`, async () => {
      let isEmpty: boolean | undefined;
      await ask(
        application((session) => {
          isEmpty = session.isEmpty;
        }),
        { cookie },
      );
      assert.equal(isEmpty, true);
    });
  }

  test("changes no cookie in an answer of 500 and above", async () => {
    const answer = await ask(
      application((session) => session.set("user", "bob"), "500 Internal Server Error"),
    );
    assert.deepEqual(cookiesOf(answer), []);
  });

  test("cannot be changed when the answer has begun", async () => {
    const late: Application = (environ, startResponse) => {
      startResponse("200 OK", []);
      sessionOf(environ).set("user", "bob");
      return [];
    };
    await assert.rejects(ask(late), {
      name: "SessionError",
      message: /after startResponse was called/,
    });
  });

  test("with a value that the format cannot hold fails, and the message names it", async () => {
    const answer = ask(
      application((session) => session.set("user", new Map() as unknown as string)),
    );
    await assert.rejects(answer, { name: "UnstorableValueError", message: /^user is a Map/ });
  });

  test("is missed with the remedy where the middleware is not there", async () => {
    await assert.rejects(createClient(application(() => {})).get("/"), {
      name: "SessionError",
      message: /put the middleware sessions\(\) around/,
    });
  });
});

test("the types of a session's values are the application's", () => {
  const session = new Session<{ user: string }>(format, () => new Map());
  // @ts-expect-error: a user is text
  session.set("user", 7);
  // @ts-expect-error: there is no such value
  session.get("usr");
  const user: string | undefined = session.get("user");
  assert.equal(user, 7);
});

describe("a permanent session", () => {
  test("has a cookie for as long as the format says", async () => {
    const flask = await ask(
      application((session) => {
        session.permanent = true;
        session.set("user", "ada");
      }),
    );
    assert.match(cookiesOf(flask)[0] ?? "", /; Expires=[^;]+ GMT; Max-Age=2678400;/);
    const django = await ask(
      application((session) => session.set("user", "ada")),
      {
        options: { format: djangoSession({ secretKey }) },
      },
    );
    assert.match(cookiesOf(django)[0] ?? "", /^sessionid=.*; Max-Age=1209600;/);
  });

  test("ends with the browser when it is made not permanent", async () => {
    const answer = await ask(
      application((session) => {
        session.permanent = false;
      }),
      { options: { format: djangoSession({ secretKey }) } },
    );
    assert.doesNotMatch(cookiesOf(answer)[0] ?? "Max-Age", /Max-Age|Expires/);
  });

  test("gets its cookie anew when it is read, if the framework does so or is told to", async () => {
    const read = application((session) => session.get("user"));
    const cookie = `session=${PERMANENT}`;
    assert.equal(cookiesOf(await ask(read, { cookie })).length, 1);
    assert.equal(
      cookiesOf(
        await ask(
          application(() => {}),
          { cookie },
        ),
      ).length,
      0,
    );
    assert.equal(cookiesOf(await ask(read, { cookie, options: { refresh: false } })).length, 0);
    assert.equal(cookiesOf(await ask(read, { cookie: `session=${ADA}` })).length, 0);
  });

  test("of Django lasts as long as set_expiry says, and is permanent unless that is 0", async () => {
    const { lifetime } = djangoSession({ secretKey, now: () => Date.UTC(2026, 0, 1) });
    const expiring = (expiry: unknown): number | undefined =>
      lifetime(new Map([["_session_expiry", expiry]]));
    assert.equal(expiring(300), 300);
    assert.equal(expiring(0), undefined);
    assert.equal(expiring("2026-01-01T00:10:00.000001+00:00"), 600);
    assert.equal(expiring("2025-01-01T00:00:00+00:00"), 0);
    const closing = djangoSession({ secretKey, expireAtBrowserClose: true });
    assert.equal(closing.lifetime(new Map()), undefined);
    const values = new Map<string, unknown>();
    closing.setPermanent(values, true);
    assert.equal(closing.lifetime(values), 1_209_600);
  });
});

describe("the cookie", () => {
  test("that would be too long is not set, and the log says which and by how much", async () => {
    const errors = keptErrors();
    // No two parts are alike, so that it cannot be compressed.
    const list = Array.from({ length: 400 }, (_, at) => `${Math.sqrt(at)}`);
    const long = application((session) => session.set("list", list));
    assert.deepEqual(cookiesOf(await ask(long, errors)), []);
    assert.match(
      errors.text,
      /^sessions: the cookie session is not set: it would have \d{4,5} bytes, and browsers keep no more than 4096; store less in the session\n$/,
    );
  });

  test("that is set inside as well stays as it is there, and the log says so", async () => {
    const errors = keptErrors();
    const both: Application = (environ, startResponse) => {
      sessionOf(environ).set("user", "outer");
      startResponse("200 OK", [["Set-Cookie", "session=inner; Path=/"]]);
      return [];
    };
    assert.deepEqual(cookiesOf(await ask(both, errors)), ["session=inner; Path=/"]);
    assert.match(errors.text, /the cookie session is set inside of the middleware, too/);
  });

  test("has the name and the attributes that are given", async () => {
    const answer = await ask(
      application((session) => session.set("user", "bob")),
      {
        options: {
          format: signedSession({ secretKey }),
          cookie: { name: "__Host-s", sameSite: "strict" },
        },
      },
    );
    assert.match(
      cookiesOf(answer)[0] ?? "",
      /^__Host-s=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
  });

  test("that no browser would keep is refused before the first request", () => {
    assert.throws(() => sessions({ format, cookie: { name: "__Host-s", path: "/app" } }), {
      name: "CookieError",
    });
  });

  test("of another format is nobody's session", () => {
    assert.throws(() => signedSession({ secretKey }).read(ADA), { name: "BadSignatureError" });
  });
});
