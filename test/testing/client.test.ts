/** Requests of the client without a socket: what the application is told, and what comes back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import { LintError } from "../../src/testing/call.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import { application as echo } from "../apps/echo.ts";
import { serveApplication } from "../support/serve-application.ts";

/** Keeps the environ of its last request, and answers with this. */
function recording(body = "ok"): {
  readonly application: Application;
  readonly seen: () => Environ;
} {
  let last: Environ | undefined;
  return {
    application: (environ, startResponse) => {
      last = environ;
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [Buffer.from(body)];
    },
    seen: () => {
      assert.ok(last !== undefined);
      return last;
    },
  };
}

/** What tells one connection, or one server, from another. */
const OF_THE_CONNECTION = /^(?:REMOTE_PORT|SERVER_PORT|SERVER_NAME|HTTP_HOST)$/;

function strings(environ: Environ): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(environ).filter(
      ([name, value]) =>
        typeof value !== "object" && typeof value !== "function" && !OF_THE_CONNECTION.test(name),
    ),
  );
}

test("the environ is the one that a server makes", async () => {
  const { application, seen } = recording();
  const headers = { "X-Name": "caf\xe9", "Content-Type": "text/x" };
  await createClient(application, { lint: false }).post("/a%20b/%C3%A9?c=%20", {
    headers,
    body: "12345",
  });
  const made = strings(seen());
  await using served = await serveApplication(application);
  await served.ask("POST", "/a%20b/%C3%A9?c=%20", {
    fields: Object.entries(headers),
    body: "12345",
  });
  assert.deepEqual(made, strings(seen()));
});

describe("a target", () => {
  for (const [target, path, query] of [
    ["/caf\u00e9 \u4e2d?q=\u00e9", "/caf\xc3\xa9 \xe4\xb8\xad", "q=%C3%A9"],
    ["//x/../y", "//x/../y", ""],
    ["", "/", ""],
    ["?a=1", "/", "a=1"],
    ["/a#b?c", "/a", ""],
    ["http://shop.test:8080/a?b", "/a", "b"],
  ] as const) {
    test(`${JSON.stringify(target)} is the path ${JSON.stringify(path)}`, async () => {
      const { application, seen } = recording();
      await createClient(application).get(target);
      assert.deepEqual([seen().PATH_INFO, seen().QUERY_STRING], [path, query]);
    });
  }

  test("has its query in front of the option's", async () => {
    const { application, seen } = recording();
    const client = createClient(application);
    await client.get("/a?b=1", { query: { c: ["x y", 2], d: true } });
    assert.equal(seen().QUERY_STRING, "b=1&c=x+y&c=2&d=true");
    await client.get("/", { query: "q=caf\u00e9" });
    assert.equal(seen().QUERY_STRING, "q=caf%C3%A9");
    await client.get("/", { query: new URLSearchParams("a=%26") });
    assert.equal(seen().QUERY_STRING, "a=%26");
  });
});

test("host, scheme and mount are what the application is told", async () => {
  const { application, seen } = recording();
  const client = createClient(application, {
    host: "shop.test",
    scheme: "https",
    scriptName: "/shop",
  });
  await client.get("/cart");
  const { HTTP_HOST, SERVER_NAME, SERVER_PORT, SCRIPT_NAME, PATH_INFO } = seen();
  assert.deepEqual(
    [HTTP_HOST, SERVER_NAME, SERVER_PORT, SCRIPT_NAME, PATH_INFO],
    ["shop.test", "shop.test", "443", "/shop", "/cart"],
  );
  assert.equal(seen()["wsgi.url_scheme"], "https");
  await client.get("http://[::1]:8080/");
  assert.deepEqual(
    [seen().HTTP_HOST, seen().SERVER_NAME, seen().SERVER_PORT],
    ["[::1]:8080", "[::1]", "8080"],
  );
});

test("one request's headers take the place of the client's, and environ of all", async () => {
  const { application, seen } = recording();
  const client = createClient(application, {
    headers: { "X-A": "1", "X-B": "2" },
    environ: { "my.x": 1 },
  });
  await client.get("/", {
    headers: [
      ["x-a", "3"],
      ["X-A", "4"],
    ],
    environ: { REMOTE_ADDR: "203.0.113.9" },
  });
  assert.deepEqual([seen().HTTP_X_A, seen().HTTP_X_B], ["3, 4", "2"]);
  assert.deepEqual([seen()["my.x"], seen().REMOTE_ADDR], [1, "203.0.113.9"]);
});

describe("a body", () => {
  for (const [name, options, type, length] of [
    ["of text is UTF-8", { body: "\u00e9" }, undefined, "2"],
    ["of bytes is as it is", { body: new Uint8Array(3) }, undefined, "3"],
    ["of a Blob has its type", { body: new Blob(["x"], { type: "text/css" }) }, "text/css", "1"],
    ["as JSON says so", { json: [1] }, "application/json", "3"],
    ["that is empty has no bytes", { body: "" }, undefined, "0"],
    [
      "has the type that is given",
      { json: [1], headers: { "Content-Type": "text/x" } },
      "text/x",
      "3",
    ],
    [
      "as a form says so",
      { form: { a: "1" } },
      "application/x-www-form-urlencoded;charset=UTF-8",
      "3",
    ],
  ] as const) {
    test(name, async () => {
      const { application, seen } = recording();
      await createClient(application).post("/", options);
      assert.deepEqual([seen().CONTENT_TYPE, seen().CONTENT_LENGTH], [type, length]);
    });
  }

  test("with a file is multipart, and the file is whole", async () => {
    const file = new File([Buffer.alloc(100_000, "x")], "a.bin");
    const response = await createClient(echo).post("/", {
      form: { n: 1, file },
      files: { more: [file, file] },
    });
    const boundary = /boundary=(.*)/.exec(response.header("Content-Type") ?? "")?.[1] ?? "";
    assert.equal(response.text.split(`--${boundary}`).length, 6);
  });

  test("in pieces is asked for as the application reads it", async () => {
    let asked = 0;
    const pieces = (async function* () {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(65_536);
      }
    })();
    const application: Application = async (environ, startResponse) => {
      assert.equal(environ["wsgi.input_terminated"], true);
      await environ["wsgi.input"].read(10);
      startResponse("200 OK", []);
      return [];
    };
    await createClient(application).post("/", { body: pieces });
    assert.ok(asked <= 3, String(asked));
    assert.equal((await pieces.next()).done, true, "the rest is given up");
  });

  test("whose making fails, fails its reader", async () => {
    const pieces = (async function* () {
      yield "x";
      throw new Error("no more");
    })();
    await assert.rejects(createClient(echo).post("/", { body: pieces }), /no more/);
  });

  test("is said once", async () => {
    await assert.rejects(createClient(echo).post("/", { body: "x", json: 1 }), TypeError);
  });
});

describe("what cannot be sent is refused", () => {
  for (const [name, method, target, options] of [
    ["a method with a space", "GET /x", "/", {}],
    ["a field that ends its line", "GET", "/", { headers: { "X-A": "1\r\nX-B: 2" } }],
    ["a field beyond latin-1", "GET", "/", { headers: { "X-A": "\u4e2d" } }],
    ["a host with a path", "GET", "/", { host: "a/b" }],
  ] as const) {
    test(name, async () => {
      await assert.rejects(createClient(echo).request(method, target, options), TypeError);
    });
  }

  test("as a server refuses it", async () => {
    const headers: [string, string][] = [["Content-Length", "x"]];
    await assert.rejects(createClient(echo).get("/", { headers }), RemoteProtocolError);
    const response = await createClient(echo, { catchErrors: true }).get("/", { headers });
    assert.equal(response.status, 400);
  });
});

describe("an answer", () => {
  const answering =
    (status: string, headers: [string, string][], ...chunks: string[]): Application =>
    (_environ, startResponse) => {
      startResponse(status, headers);
      return (function* () {
        for (const chunk of chunks) yield Buffer.from(chunk);
      })();
    };
  const typed = (length?: number): [string, string][] => [
    ["Content-Type", "text/plain"],
    ...(length === undefined ? [] : [["Content-Length", String(length)] as [string, string]]),
  ];

  test("has no body for HEAD", async () => {
    const response = await createClient(answering("200 OK", typed(), "abc"), { lint: false }).head(
      "/",
    );
    assert.equal(response.text, "");
  });

  test("is cut to its Content-Length", async () => {
    const client = createClient(answering("200 OK", typed(2), "a", "bcd"), { lint: false });
    assert.equal((await client.get("/")).text, "ab");
  });

  test("that is shorter than its Content-Length rejects", async () => {
    const client = createClient(answering("200 OK", typed(5), "a"), {
      lint: false,
      catchErrors: true,
    });
    await assert.rejects(client.get("/"), /4 bytes shorter/);
  });

  test("has what the application wrote, hinted and logged", async () => {
    const application: Application = async (environ, startResponse) => {
      environ["wsgi.early_hints"]?.([["Link", "</a.css>; rel=preload"]]);
      environ["wsgi.errors"].write("half a line");
      const write = startResponse("201 Created", typed());
      await write(Buffer.from("a"));
      assert.throws(() => environ["wsgi.early_hints"]?.([]), /after the response began/);
      return [Buffer.from("b")];
    };
    const response = await createClient(application).get("/x?y");
    assert.deepEqual(
      [response.status, response.statusLine, response.text],
      [201, "201 Created", "ab"],
    );
    assert.deepEqual(response.earlyHints, [[["Link", "</a.css>; rel=preload"]]]);
    assert.equal(response.errors, "half a line\n");
    assert.equal(response.url, "http://localhost/x?y");
  });

  test("closes its body once, also where the client leaves", async () => {
    for (const leaves of [false, true]) {
      let closes = 0;
      const leaving = new AbortController();
      const application: Application = (environ, startResponse) => {
        startResponse("200 OK", typed());
        return {
          async *[Symbol.asyncIterator]() {
            yield Buffer.from("a");
            if (leaves) leaving.abort(new Error("left"));
            assert.equal(environ["portico.client_disconnected"]?.(), leaves);
            yield Buffer.from("b");
          },
          close() {
            closes += 1;
          },
        };
      };
      const asked = createClient(application).get("/", { signal: leaving.signal });
      if (leaves) await assert.rejects(asked, /left/);
      else assert.equal((await asked).text, "ab");
      await new Promise(setImmediate);
      assert.equal(closes, 1);
    }
  });
});

describe("an error of the application", () => {
  const failing: Application = () => {
    throw new Error("broken");
  };

  test("is the request's", async () => {
    await assert.rejects(createClient(failing).get("/"), /^Error: broken$/);
  });

  test("is a 500 where errors are caught, as a server has it", async () => {
    const response = await createClient(failing).get("/", { catchErrors: true });
    assert.deepEqual([response.status, response.text], [500, "500 Internal Server Error\n"]);
    assert.match(String(response.error), /broken/);
  });

  test("has the status that it asks for", async () => {
    const busy: Application = () => {
      throw Object.assign(new Error("busy"), { statusHint: 503, retryAfter: 7 });
    };
    const response = await createClient(busy).get("/", { catchErrors: true });
    assert.deepEqual([response.status, response.header("Retry-After")], [503, "7"]);
  });
});

describe("lint", () => {
  const hopByHop: Application = (_environ, startResponse) => {
    startResponse("200 OK", [
      ["Content-Type", "text/plain"],
      ["Content-Length", "5"],
    ]);
    return (function* () {
      yield Buffer.from("abcdef");
    })();
  };
  const untyped: Application = (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [Buffer.from("x")];
  };

  test("rejects what must not be, with the rule and the remedy", async () => {
    await assert.rejects(createClient(hopByHop).get("/"), (error) => {
      assert.ok(error instanceof LintError);
      assert.match(error.message, /^lint: the application broke .*\[GET \/\]$/);
      return true;
    });
  });

  test("tells what should not be", async () => {
    const { findings } = await createClient(untyped).get("/");
    assert.ok(findings.length > 0);
  });

  test("says nothing where it is not asked", async () => {
    const { status, findings } = await createClient(hopByHop, { lint: false }).get("/");
    assert.deepEqual([status, findings], [200, []]);
  });
});
