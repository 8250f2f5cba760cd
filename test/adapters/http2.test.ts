/** Applications as listeners of node:http2 with its compatible interface, as Vite has them over TLS. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { toNodeHandler } from "../../src/adapters/node.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { echo } from "./applications.ts";

async function withClient(
  application: Application,
  visit: (client: ClientHttp2Session) => Promise<void>,
): Promise<void> {
  // The two interfaces are alike in what the adapter uses.
  const listener = toNodeHandler(application) as unknown as Parameters<typeof createServer>[1];
  const server = createServer({}, listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await visit(client);
  } finally {
    client.destroy();
    server.close();
  }
}

test("a body whose length nobody has said is read to its end", async () => {
  await withClient(echo, async (client) => {
    const request = client.request({ ":method": "POST", ":path": "/" });
    request.end("of no known length");
    assert.equal(await text(request), "of no known length");
  });
});

test("an answer that breaks off is cut, and the others of its connection are not", async () => {
  const breaksOff: Application = (environ, startResponse) => {
    startResponse("200 OK", []);
    if (environ.PATH_INFO === "/whole") return [Buffer.from("whole")];
    return (async function* () {
      yield Buffer.from("one");
      throw new Error("broken off, as expected");
    })();
  };
  await withClient(breaksOff, async (client) => {
    await assert.rejects(text(client.request({ ":path": "/" })), /INTERNAL_ERROR/);
    assert.equal(await text(client.request({ ":path": "/whole" })), "whole");
  });
});
