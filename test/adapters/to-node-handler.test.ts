/** Applications as listeners of node:http, without any framework. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromNodeHandler, type NodeListener, toNodeHandler } from "../../src/adapters/node.ts";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { until } from "../support/until.ts";
import { Endless, echo, telling } from "./applications.ts";
import { Listening } from "./listening.ts";

describe("toNodeHandler", () => {
  test("makes an environ of what node:http has parsed", async () => {
    const names = [
      ...(["REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI"] as const),
      ...(["REMOTE_ADDR", "HTTP_HOST", "HTTP_X_A", "HTTP_COOKIE", "SERVER_PROTOCOL"] as const),
      ...(["wsgi.url_scheme", "SERVER_NAME"] as const),
    ];
    await using server = await Listening.open(toNodeHandler(telling(...names)));
    const answer = await ask(server.port, "GET", "/caf%C3%A9%2F?a=%20", {
      fields: [
        ["X-A", "\xe9"],
        ["X-A", "second"],
        ["Cookie", "a=1"],
        ["Cookie", "b=2"],
      ],
    });
    assert.deepEqual(JSON.parse(answer.body.toString()), {
      REQUEST_METHOD: "GET",
      SCRIPT_NAME: "",
      PATH_INFO: "/caf\xc3\xa9/",
      QUERY_STRING: "a=%20",
      REQUEST_URI: "/caf%C3%A9%2F?a=%20",
      REMOTE_ADDR: "127.0.0.1",
      HTTP_HOST: "test",
      HTTP_X_A: "\xe9, second",
      HTTP_COOKIE: "a=1; b=2",
      SERVER_PROTOCOL: "HTTP/1.1",
      "wsgi.url_scheme": "http",
      SERVER_NAME: "127.0.0.1",
    });
  });

  test("sends status, reason and fields as they are, and the length of a whole body", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("299 Odd \xe9", [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Latin", "caf\xe9"],
      ]);
      return [Buffer.from("one "), Buffer.from("two")];
    };
    await using server = await Listening.open(toNodeHandler(application));
    const answer = await ask(server.port, "GET", "/");
    assert.equal(`${answer.status} ${answer.reason}`, "299 Odd \xe9");
    assert.deepEqual(fieldValues(answer.fields, "set-cookie"), ["a=1", "b=2"]);
    assert.equal(fieldValue(answer.fields, "x-latin"), "caf\xe9");
    assert.equal(fieldValue(answer.fields, "content-length"), "7");
    assert.equal(answer.body.toString(), "one two");
  });

  test("carries 10 MB up and down unharmed", async () => {
    await using server = await Listening.open(toNodeHandler(echo));
    const bytes = Buffer.alloc(10_000_000, "0123456789");
    const answer = await ask(server.port, "POST", "/", { body: bytes });
    assert.ok(answer.body.equals(bytes));
  });

  test("makes no more than a client takes, and closes the body when it leaves", async () => {
    const endless = new Endless();
    await using server = await Listening.open(toNodeHandler(endless.application));
    using connection = await ClientConnection.open(server.port);
    connection.request("GET", "/");
    await connection.take(1000);
    connection.socket.destroy();
    await endless.closed;
    assert.ok(endless.made < 1000, `${endless.made} chunks were made`);
  });

  test("tells the application by portico.closed that the client has left", async () => {
    let closed: AbortSignal | undefined;
    const application: Application = (environ) =>
      new Promise((_resolve, reject) => {
        closed = environ["portico.closed"];
        closed?.addEventListener("abort", () => reject(closed?.reason));
      });
    await using server = await Listening.open(toNodeHandler(application));
    using connection = await ClientConnection.open(server.port);
    connection.request("GET", "/");
    await until("the application is asked", () => closed !== undefined);
    connection.socket.destroy();
    await until("it is told", () => closed?.aborted === true);
  });

  test("tells the application of a client that has left before it is called", async () => {
    let closed: AbortSignal | undefined;
    const handler = toNodeHandler((environ, startResponse) => {
      closed = environ["portico.closed"];
      startResponse("200 OK", []);
      return [];
    });
    await using server = await Listening.open((request, response) => {
      response.once("close", () => setImmediate(() => handler(request, response)));
      connection.socket.destroy();
    });
    using connection = await ClientConnection.open(server.port);
    connection.request("GET", "/");
    await until("the application is called", () => closed !== undefined);
    assert.equal(closed?.aborted, true);
  });

  test("answers an error as Portico does, and cuts an answer that has begun", async () => {
    const application: Application = (environ, startResponse) => {
      if (environ.PATH_INFO === "/hinted") throw Object.assign(new Error(), { statusHint: 503 });
      if (environ.PATH_INFO === "/thrown") throw new Error("no luck, as expected");
      startResponse("200 OK", []);
      return (async function* () {
        yield Buffer.from("one");
        throw new Error("broken off, as expected");
      })();
    };
    await using server = await Listening.open(toNodeHandler(application));
    const thrown = await ask(server.port, "GET", "/thrown");
    assert.equal(thrown.status, 500);
    assert.equal(thrown.body.toString(), "500 Internal Server Error\n");
    const hinted = await ask(server.port, "GET", "/hinted");
    assert.equal(hinted.status, 503);
    assert.equal(fieldValue(hinted.fields, "retry-after"), "1");
    const later = await ask(server.port, "GET", "/later");
    assert.equal(later.body.toString(), "one");
    assert.equal(later.isWhole, false);
  });

  test("sends early hints as node:http does, and without those that it refuses", async () => {
    const application = toApplication(({ environ }) => {
      environ["wsgi.early_hints"]?.([["Link", "</a.css>; rel=preload"]]);
      environ["wsgi.early_hints"]?.([["Link", "no link at all"]]);
      return "hinted";
    });
    await using server = await Listening.open(toNodeHandler(application));
    using connection = await ClientConnection.open(server.port);
    connection.request("GET", "/");
    const hints = await connection.head();
    assert.equal(hints.status, 103);
    assert.equal(fieldValue(hints.fields, "link"), "</a.css>; rel=preload");
    assert.equal((await connection.answer()).body.toString(), "hinted");
  });

  test("lets a connection go on behind a body that nobody has read", async () => {
    await using server = await Listening.open(toNodeHandler(toApplication(() => "ignored")));
    using connection = await ClientConnection.open(server.port);
    for (let request = 0; request < 2; request += 1) {
      connection.request("POST", "/", { body: Buffer.alloc(500_000) });
      assert.equal((await connection.answer()).body.toString(), "ignored");
    }
  });

  test("of what fromNodeHandler has made gives back the original, and the other way round", () => {
    const listener: NodeListener = (_request, response) => response.end();
    assert.equal(toNodeHandler(fromNodeHandler(listener)), listener);
    assert.equal(fromNodeHandler(toNodeHandler(echo)), echo);
  });
});
