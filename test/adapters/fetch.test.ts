/** Fetch handlers as applications, and applications as fetch handlers, without any framework. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { environOf } from "../../src/adapters/environ-of.ts";
import { fromFetchHandler, toFetchHandler } from "../../src/adapters/fetch.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { mount } from "../../src/routing/mount.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { serveApplication } from "../support/serve-application.ts";
import { until } from "../support/until.ts";
import { Endless, echo, telling } from "./applications.ts";

describe("toFetchHandler", () => {
  test("answers a Request with what the application answers", async () => {
    const handler = toFetchHandler((_environ, startResponse) => {
      startResponse("201 Made", [
        ["Content-Type", "text/plain"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Latin", "caf\xe9"],
      ]);
      return [Buffer.from("one "), Buffer.from("two")];
    });
    const response = await handler(new Request("http://test/"));
    assert.equal(response.status, 201);
    assert.equal(response.statusText, "Made");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assert.equal(response.headers.get("x-latin"), "caf\xe9");
    assert.equal(response.headers.get("content-length"), "7");
    assert.equal(await response.text(), "one two");
  });

  test("makes an environ of the Request", async () => {
    const names = [
      ...(["REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI"] as const),
      ...(["SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "HTTP_HOST", "HTTP_X_A"] as const),
      ...(["CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "HTTP_PROXY"] as const),
    ];
    const handler = toFetchHandler(telling(...names));
    const request = new Request("https://[::1]:81/caf%C3%A9%2F?a=%20#part", {
      method: "POST",
      body: "12345",
      headers: { "X-A": "\xe9", "Content-Length": "5", Proxy: "evil" },
    });
    assert.deepEqual(await (await handler(request)).json(), {
      REQUEST_METHOD: "POST",
      SCRIPT_NAME: "",
      PATH_INFO: "/caf\xc3\xa9/",
      QUERY_STRING: "a=%20",
      REQUEST_URI: "/caf%C3%A9%2F?a=%20",
      SERVER_NAME: "[::1]",
      SERVER_PORT: "81",
      "wsgi.url_scheme": "https",
      HTTP_HOST: "[::1]:81",
      HTTP_X_A: "\xe9",
      CONTENT_TYPE: "text/plain;charset=UTF-8",
      CONTENT_LENGTH: "5",
      REMOTE_ADDR: "",
    });
  });

  test("puts in the environ what its options say of what else it is called with", async () => {
    const handler = toFetchHandler(telling("REMOTE_ADDR"), {
      environ: (_request, address) => ({ REMOTE_ADDR: address }),
    });
    const response = await handler(new Request("http://test/"), "192.0.2.1");
    assert.deepEqual(await response.json(), { REMOTE_ADDR: "192.0.2.1" });
  });

  test("gives a body of no known length its end, and the application all of it", async () => {
    const handler = toFetchHandler(echo);
    const bytes = Buffer.alloc(10_000_000, "0123456789");
    const request = new Request("http://test/", { method: "POST", body: new Blob([bytes]) });
    const answered = await (await handler(request)).arrayBuffer();
    assert.ok(Buffer.from(answered).equals(bytes));
  });

  for (const [name, method, status] of [
    ["a HEAD", "HEAD", "200 OK"],
    ["a 204", "GET", "204 No Content"],
    ["a 304", "GET", "304 Not Modified"],
  ] as const) {
    test(`gives ${name} no body, however the application does`, async () => {
      for (const body of [[Buffer.from("body")], lazily("body")]) {
        const handler = toFetchHandler((_environ, startResponse) => {
          startResponse(status, [["X-A", "1"]]);
          return body;
        });
        const response = await handler(new Request("http://test/", { method }));
        assert.equal(response.body, null);
        assert.equal(response.headers.get("x-a"), "1");
      }
    });
  }

  test("cuts a body at its Content-Length, and refuses one that is too short", async () => {
    const saying =
      (length: number): Application =>
      (_environ, startResponse) => {
        startResponse("200 OK", [["Content-Length", String(length)]]);
        return [Buffer.from("hello")];
      };
    const cut = await toFetchHandler(saying(2))(new Request("http://test/"));
    assert.equal(await cut.text(), "he");
    await assert.rejects(toFetchHandler(saying(9))(new Request("http://test/")), /4 bytes shorter/);
  });

  test("makes no more of a body than its reader asks for, and closes it when that leaves", async () => {
    const endless = new Endless();
    const response = await toFetchHandler(endless.application)(new Request("http://test/"));
    const reader = response.body?.getReader();
    for (let read = 0; read < 3; read += 1) await reader?.read();
    assert.ok(endless.made <= 4, `${endless.made} chunks were made for three`);
    await reader?.cancel();
    await endless.closed;
  });

  test("tells the application by portico.closed that the request was aborted", async () => {
    const controller = new AbortController();
    let closed: AbortSignal | undefined;
    const waiting = toFetchHandler(
      (environ) =>
        new Promise((_resolve, reject) => {
          closed = environ["portico.closed"];
          closed?.addEventListener("abort", () => reject(closed?.reason));
        }),
    )(new Request("http://test/", { signal: controller.signal }));
    controller.abort();
    await assert.rejects(waiting, { name: "ClientDisconnected" });
    assert.equal(closed?.aborted, true);
  });

  test("breaks off the body when the request is aborted", async () => {
    const controller = new AbortController();
    const endless = new Endless();
    const request = new Request("http://test/", { signal: controller.signal });
    const response = await toFetchHandler(endless.application)(request);
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    await assert.rejects(async () => {
      for (let read = 0; read < 3; read += 1) await reader?.read();
    });
    await endless.closed;
  });

  test("rejects with what the application throws before its head, and breaks off the body later", async () => {
    const throwing = toFetchHandler(() => {
      throw new HttpError(418);
    });
    await assert.rejects(throwing(new Request("http://test/")), { status: 418 });
    const later = toFetchHandler((_environ, startResponse) => {
      startResponse("200 OK", []);
      return (async function* () {
        yield Buffer.from("one");
        throw new Error("too late");
      })();
    });
    const response = await later(new Request("http://test/"));
    await assert.rejects(response.text(), /too late/);
  });

  test("says that somebody else has read the body, where somebody has", async () => {
    const request = new Request("http://test/", { method: "POST", body: "gone" });
    await request.text();
    await assert.rejects(toFetchHandler(echo)(request), { name: "BodyTakenError" });
  });

  test("checks early hints and drops them, for it has no way to send them", async () => {
    const hinting = toApplication(({ environ }) => {
      environ["wsgi.early_hints"]?.([["Link", "</a.css>; rel=preload"]]);
      return "hinted";
    });
    const response = await toFetchHandler(hinting)(new Request("http://test/"));
    assert.equal(await response.text(), "hinted");
  });

  test("of what fromFetchHandler has made gives back the original, and the other way round", () => {
    const handler = (): Response => new Response("");
    assert.equal(toFetchHandler(fromFetchHandler(handler)), handler);
    assert.equal(fromFetchHandler(toFetchHandler(echo)), echo);
  });
});

describe("fromFetchHandler", () => {
  test("gives the handler a Request of the environ, and answers with its Response", async () => {
    const application = fromFetchHandler(async (request) => {
      const { method, url } = request;
      const seen = { method, url, a: request.headers.get("x-a"), body: await request.text() };
      const headers = new Headers({ "X-Made": "yes" });
      headers.append("Set-Cookie", "a=1");
      headers.append("Set-Cookie", "b=2");
      return Response.json(seen, { status: 202, headers });
    });
    await using served = await serveApplication(application);
    const answer = await served.ask("POST", "/caf%C3%A9%2F?a=%20", {
      fields: [["X-A", "\xe9"]],
      body: "hello",
    });
    assert.equal(answer.status, 202);
    assert.deepEqual(
      answer.fields.filter(([name]) => /set-cookie|content-length/i.test(name)).map(([, v]) => v),
      ["a=1", "b=2", String(answer.body.length)],
    );
    assert.deepEqual(JSON.parse(answer.body.toString()), {
      method: "POST",
      url: "http://test/caf%C3%A9%2F?a=%20",
      a: "\xe9",
      body: "hello",
    });
  });

  test("shows the handler the path below its mount, and by environOf what is above", async () => {
    const handler = fromFetchHandler((request, environ) => {
      assert.equal(environOf(request), environ);
      return new Response(`${environ.SCRIPT_NAME.length} + ${new URL(request.url).pathname}`);
    });
    await using served = await serveApplication(mount({ "/caf\xc3\xa9": handler }));
    const below = await served.ask("GET", "/caf%C3%A9/a%2Fb?c");
    assert.equal(below.body.toString(), "6 + /a%2Fb");
    assert.equal((await served.ask("GET", "/caf%C3%A9")).body.toString(), "6 + /");
  });

  test("tells the length of a body that is there, and streams any other", async () => {
    const stream = new TransformStream<Uint8Array, Uint8Array>();
    const writer = stream.writable.getWriter();
    const application = fromFetchHandler(({ url }) =>
      url.endsWith("/text") ? new Response("caf\u00e9") : new Response(stream.readable),
    );
    await using served = await serveApplication(application);
    const text = await served.ask("GET", "/text");
    assert.equal(text.fields.find(([name]) => name === "Content-Length")?.[1], "5");
    using connection = await served.connect();
    connection.request("GET", "/stream");
    await writer.write(Buffer.from("one"));
    await connection.head();
    assert.equal((await connection.chunk()).toString(), "one");
    await writer.write(Buffer.from("two"));
    assert.equal((await connection.chunk()).toString(), "two");
    void writer.close();
    assert.equal((await connection.chunk()).length, 0);
  });

  test("gives the pieces of a body to the handler as they come", async () => {
    const application = fromFetchHandler(
      ({ body }) => new Response(body?.pipeThrough(new TransformStream()) ?? ""),
    );
    await using served = await serveApplication(application);
    using connection = await served.connect();
    connection.request("POST", "/", { fields: [["Transfer-Encoding", "chunked"]] });
    connection.send("3\r\none\r\n");
    await connection.head();
    assert.equal((await connection.chunk()).toString(), "one");
    connection.send("3\r\ntwo\r\n0\r\n\r\n");
    assert.equal((await connection.chunk()).toString(), "two");
    assert.equal((await connection.chunk()).length, 0);
  });

  test("carries 10 MB up and down unharmed", async () => {
    await using served = await serveApplication(fromFetchHandler(({ body }) => new Response(body)));
    const bytes = Buffer.alloc(10_000_000, "0123456789");
    const answer = await served.ask("POST", "/", { body: bytes });
    assert.ok(answer.body.equals(bytes));
  });

  test("cancels a Response of which nothing has come when the client leaves", async () => {
    let state = "waiting";
    const application = fromFetchHandler(() => {
      const cancel = (): void => {
        state = "cancelled";
      };
      return new Response(new ReadableStream({ pull: () => new Promise(() => {}), cancel }));
    });
    await using served = await serveApplication(application);
    using connection = await served.connect();
    connection.request("GET", "/");
    assert.equal((await served.ask("GET", "no-target")).status, 400);
    connection.socket.destroy();
    await until("the body is cancelled", () => state === "cancelled");
  });

  test("tells of no client that leaves behind its answer", async () => {
    const closed = new AbortController();
    const told: string[] = [];
    const application = fromFetchHandler(({ signal, url }) => {
      const { pathname } = new URL(url);
      signal.addEventListener("abort", () => told.push(pathname));
      if (pathname === "/thrown") throw new HttpError(400);
      if (pathname === "/streamed") return new Response(ReadableStream.from(lazily("body")));
      return new Response(pathname === "/empty" ? null : "body");
    });
    const environ = { "portico.closed": closed.signal };
    const client = createClient(application, { environ, catchErrors: true });
    for (const path of ["/whole", "/empty", "/streamed", "/thrown"]) await client.get(path);
    assert.equal(getEventListeners(closed.signal, "abort").length, 0);
    closed.abort();
    assert.deepEqual(told, []);
  });

  test("aborts the Request's signal and cancels the Response when the client leaves", async () => {
    let cancelled = false;
    let signal: AbortSignal | undefined;
    const application = fromFetchHandler((request) => {
      signal = request.signal;
      const pull = (controller: ReadableStreamDefaultController): void =>
        controller.enqueue(Buffer.alloc(65_536));
      const cancel = (): void => {
        cancelled = true;
      };
      return new Response(new ReadableStream({ pull, cancel }));
    });
    await using served = await serveApplication(application);
    using connection = await served.connect();
    connection.request("GET", "/");
    await connection.take(100_000);
    connection.socket.destroy();
    await until("the body is cancelled", () => cancelled && signal?.aborted === true);
  });

  test("leaves errors to the server, and cuts an answer that breaks off", async () => {
    const application = fromFetchHandler(({ url }) => {
      if (url.endsWith("/throws")) throw new Error("no luck");
      if (url.endsWith("/rejects")) return Promise.reject(new HttpError(503));
      if (url.endsWith("/error")) return Response.error();
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(Buffer.from("one")),
          pull: (controller) => controller.error(new Error("broken off")),
        }),
      );
    });
    await using served = await serveApplication(application);
    assert.equal((await served.ask("GET", "/throws")).status, 500);
    await served.log.said(/no luck/);
    assert.equal((await served.ask("GET", "/rejects")).status, 500);
    assert.equal((await served.ask("GET", "/error")).status, 500);
    assert.equal((await served.ask("GET", "/stream")).isWhole, false);
    await served.log.said(/broken off/);
  });

  test("leaves to the server the fields of the connection that the handler says", async () => {
    const headers = { Connection: "keep-alive", "Transfer-Encoding": "chunked", "Keep-Alive": "5" };
    const client = createClient(fromFetchHandler(() => new Response("kept", { headers })));
    const response = await client.get("/");
    assert.equal(response.text, "kept");
    assert.equal(response.header("connection"), undefined);
  });

  test("answers 501 to a method that no Request can have, and 400 to a host that is none", async () => {
    await using served = await serveApplication(fromFetchHandler(() => new Response("never")));
    assert.equal((await served.ask("TRACE", "/")).status, 501);
    const badPort = await served.ask("GET", "/", { fields: [["Host", "test:99999"]] });
    assert.equal(badPort.status, 400);
  });

  test("gives a Request that others can be made of, with its body, its fields and its end", async () => {
    const application = fromFetchHandler(async (request) => {
      request.headers.set("X-Added", "yes");
      const copy = new Request(request, { headers: { ...Object.fromEntries(request.headers) } });
      const seen = [request instanceof Request, copy.method, copy.headers.get("x-added")];
      const isOneSignal = copy.signal.aborted === request.signal.aborted;
      return Response.json([...seen, isOneSignal, await copy.text(), request.bodyUsed]);
    });
    const client = createClient(application);
    const response = await client.request("PATCH", "/", { body: "hello" });
    assert.deepEqual(response.json(), [true, "PATCH", "yes", true, "hello", true]);
    const cloned = createClient(
      fromFetchHandler(async (request) => {
        const clone = request.clone();
        return new Response(`${await clone.text()} and ${await request.text()}`);
      }),
    );
    assert.equal((await cloned.post("/", { body: "twice" })).text, "twice and twice");
  });

  test("spells URL and method as a Request does", async () => {
    const application = fromFetchHandler(({ url, method }) => new Response(`${method} ${url}`));
    await using served = await serveApplication(application);
    for (const [method, target, host] of [
      ["GET", "/a/../b/./c?d", "test"],
      ["GET", "/a/%2E%2e/b", "test"],
      ["GET", "/?q='\"<>", "test"],
      ["GET", '/%2f"<>{}`?', "test"],
      ["get", "/", "TEST:80"],
      ["patch", "//x//", "127.1:8000"],
    ] as const) {
      const answer = await served.ask(method, target, { fields: [["Host", host]] });
      const expected = new Request(new URL(`http://${host}${target}`), { method });
      const { body } = answer;
      assert.equal(body.toString(), `${expected.method} ${expected.url}`);
    }
  });

  test("keeps host and path apart, however the slash between mount and path is spelt", async () => {
    const client = createClient(mount({ "/m": fromFetchHandler(({ url }) => new Response(url)) }));
    for (const [target, url] of [
      ["/m%2F@example.com/a", "http://localhost/@example.com/a"],
      ["/m%2f%2Fa", "http://localhost/%2Fa"],
      ["/%6D%2Fa", "http://localhost/a"],
    ] as const) {
      assert.equal((await client.get(target)).text, url);
    }
  });

  test("takes what middleware have made of the path, and not what the client sent", async () => {
    const handler = fromFetchHandler(({ url }) => new Response(new URL(url).pathname));
    const rewritten: Application = (environ, startResponse) =>
      handler({ ...environ, PATH_INFO: "/new \\?" }, startResponse);
    await using served = await serveApplication(rewritten);
    assert.equal((await served.ask("GET", "/old%20")).body.toString(), "/new%20%5C%3F");
  });
});

async function* lazily(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body);
}
