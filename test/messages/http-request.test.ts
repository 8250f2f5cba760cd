import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HttpError } from "../../src/messages/http-error.ts";
import { HttpRequest } from "../../src/messages/http-request.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import { type Asked, environOf } from "./answered.ts";

function request(asked: Asked = {}, changes: Partial<Environ> = {}): HttpRequest {
  return new HttpRequest({ ...environOf(asked), ...changes } as Environ);
}

/** Rejects with an HttpError of that status. */
function refuses(promise: Promise<unknown>, status: number): Promise<void> {
  return assert.rejects(promise, (error) => error instanceof HttpError && error.status === status);
}

describe("a request", () => {
  test("says its URL with mount, query and host", () => {
    const asked = request(
      { target: "/a%20b?x=%C3%A9", scheme: "https", headers: { Host: "shop.example:8443" } },
      { SCRIPT_NAME: "/m\xc3\xa9" },
    );
    assert.equal(asked.url.href, "https://shop.example:8443/m%C3%A9/a%20b?x=%C3%A9");
    assert.equal(asked.host, "shop.example:8443");
    assert.equal(asked.scheme, "https");
  });

  test("keeps a path that looks like a host", () => {
    assert.equal(request({}, { PATH_INFO: "//evil.example/x" }).url.host, "localhost");
  });

  test("names the server where there is no Host", () => {
    const { HTTP_HOST: _, ...environ } = environOf({});
    const hostOf = (port: string): string =>
      new HttpRequest({ ...environ, SERVER_NAME: "srv", SERVER_PORT: port }).host;
    assert.equal(hostOf("80"), "srv");
    assert.equal(hostOf("8000"), "srv:8000");
  });

  test("whose host is none has no URL", () => {
    assert.throws(
      () => request({ headers: { Host: "a b" } }).url,
      (error) => error instanceof HttpError && error.status === 400,
    );
  });

  test("has its query as UTF-8, however it was sent", () => {
    const { query } = request({}, { QUERY_STRING: "a=%C3%A9&a=\xc3\xa9&b=1+2&c" });
    assert.deepEqual(query.getAll("a"), ["é", "é"]);
    assert.equal(query.get("b"), "1 2");
    assert.equal(query.get("c"), "");
  });

  test("has its fields as the platform does", () => {
    const { headers } = request({ headers: { "X-One": "1", "Content-Type": "text/css" } });
    assert.equal(headers.get("x-one"), "1");
    assert.equal(headers.get("content-type"), "text/css");
    assert.equal(headers.get("host"), "localhost");
  });

  test("has the type and the charset of its body", () => {
    const asked = request({ headers: { "Content-Type": 'Text/HTML; Charset="UTF-8"; x=1' } });
    assert.equal(asked.mediaType, "text/html");
    assert.equal(asked.charset, "utf-8");
    assert.equal(request().mediaType, undefined);
    assert.equal(request({ headers: { "Content-Type": "nonsense" } }).mediaType, undefined);
  });

  test("has cookies, client, signal and the last event's id", () => {
    const { signal } = new AbortController();
    const asked = request({ headers: { Cookie: "a=1", "Last-Event-ID": "\xc3\xa9" }, signal });
    assert.equal(asked.cookies.get("a"), "1");
    assert.equal(asked.clientAddress, "127.0.0.1");
    assert.equal(asked.signal, signal);
    assert.equal(asked.lastEventId, "é");
    assert.equal(request({}, { REMOTE_ADDR: "" }).clientAddress, undefined);
  });

  test("negotiates by its fields", () => {
    const asked = request({
      headers: { Accept: "text/css", "Accept-Language": "de", "Accept-Encoding": "br" },
    });
    assert.equal(asked.accepts(["text/html", "text/css"]), "text/css");
    assert.equal(asked.acceptsLanguages(["en", "de"]), "de");
    assert.equal(asked.acceptsEncodings(["gzip", "br"]), "br");
  });
});

describe("a body", () => {
  test("is read once and had as often as wished", async () => {
    const asked = request({ method: "POST", body: '{"a":1}' });
    assert.deepEqual(await asked.json(), { a: 1 });
    assert.equal(await asked.text(), '{"a":1}');
    assert.equal((await asked.bytes()).length, 7);
    assert.equal(await new Response(asked.body).text(), '{"a":1}');
  });

  test("that was taken as a stream is not there a second time", async () => {
    const asked = request({ method: "POST", body: "abc" });
    assert.equal(await new Response(asked.body).text(), "abc");
    await assert.rejects(asked.bytes(), /was read already/);
  });

  test("beyond the limit is a 413 before a byte of it is read", async () => {
    const environ = environOf({ method: "POST", body: "abc" });
    const read = (): never => assert.fail("it was read");
    const asked = new HttpRequest({ ...environ, "wsgi.input": { ...environ["wsgi.input"], read } });
    await refuses(asked.bytes({ limit: 2 }), 413);
  });

  test("of unknown length is a 413 when it goes beyond the limit", async () => {
    const { CONTENT_LENGTH: _, ...environ } = environOf({ method: "POST", body: "abc" });
    await refuses(new HttpRequest(environ).bytes({ limit: 2 }), 413);
    assert.equal((await new HttpRequest(environOf({ body: "abc" })).bytes({ limit: 3 })).length, 3);
  });

  test("that was read under a large limit is too long for a small one", async () => {
    const asked = request({ method: "POST", body: "abc" });
    await asked.bytes();
    await refuses(asked.bytes({ limit: 2 }), 413);
  });

  test("of an input that gives little at a time is whole", async () => {
    const environ = environOf({ method: "POST", body: "abcdef" });
    const input = environ["wsgi.input"];
    const read = (size = -1): Promise<Uint8Array> => input.read(Math.min(2, size));
    const { CONTENT_LENGTH: _, ...rest } = environ;
    const asked = new HttpRequest({ ...rest, "wsgi.input": { ...input, read } });
    assert.equal(await asked.text(), "abcdef");
  });

  test("is decoded by its charset", async () => {
    const asked = request({
      method: "POST",
      body: Buffer.from("\xe9", "latin1"),
      headers: { "Content-Type": "text/plain; charset=iso-8859-1" },
    });
    assert.equal(await asked.text(), "é");
    const unknown = request({ headers: { "Content-Type": "text/plain; charset=klingon" } });
    await refuses(unknown.text(), 415);
  });

  test("that is no JSON is a 400", async () => {
    for (const body of ["", "{", "\xff", Buffer.from([0x22, 0xff, 0x22])]) {
      await refuses(request({ method: "POST", body }).json(), 400);
    }
  });

  test("that does not call itself JSON is a 415 where that is asked for", async () => {
    const of = (type: string): HttpRequest =>
      request({ method: "POST", body: "{}", headers: { "Content-Type": type } });
    await refuses(of("text/plain").json({ strict: true }), 415);
    assert.deepEqual(await of("application/json; charset=utf-8").json({ strict: true }), {});
    assert.deepEqual(await of("application/problem+json").json({ strict: true }), {});
    assert.deepEqual(await of("text/plain").json(), {});
  });
});

describe("a form of the URL's kind", () => {
  const of = (body: string): HttpRequest =>
    request({
      method: "POST",
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });

  test("is read as browsers send it", async () => {
    const form = await of("a=1+2&a=%C3%A9&b=").form();
    assert.deepEqual(form.getAll("a"), ["1 2", "é"]);
    assert.equal(form.get("b"), "");
  });

  test("beyond its limits is a 413", async () => {
    await refuses(of("a=1&b=2").form({ parts: 1 }), 413);
    await refuses(of("a=1&b=2").form({ fields: 3 }), 413);
    await refuses(of("a=1&b=2").form({ total: 3 }), 413);
  });

  test("of another kind is a 415", async () => {
    await refuses(request({ method: "POST", body: "{}" }).form(), 415);
    await refuses(of("a=1").parts().next(), 415);
  });
});
