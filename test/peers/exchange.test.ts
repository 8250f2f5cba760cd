/** Which answers are right, and what is said of others. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { type Exchange, type ExpectedBody, verifyExchange } from "../../peers/exchange.ts";

const LONGEST = 10_000;

async function verify(listener: RequestListener, exchange: Exchange, longest = LONGEST) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    // A listening TCP server has a port.
    const { port } = server.address() as AddressInfo;
    await verifyExchange(port, exchange, longest);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const PIECE = Buffer.from("abc");

const RIGHT: Readonly<Record<string, readonly [string, ExpectedBody]>> = {
  "the expected text": ["hello", "hello"],
  "a page with the expected words": ["<p>hello Ada</p>", { containing: "hello Ada" }],
  "a piece so many times": ["abcabcabc", { piece: PIECE, times: 3 }],
};

const WRONG: Readonly<Record<string, readonly [string, ExpectedBody]>> = {
  "another text": ["hullo", "hello"],
  "more than the text": ["hello!", "hello"],
  "a page without the words": ["<p>hello stranger</p>", { containing: "hello Ada" }],
  "a piece too few": ["abcabc", { piece: PIECE, times: 3 }],
  "a part too much": ["abcabcabca", { piece: PIECE, times: 3 }],
  "a wrong byte": ["abcabcabd", { piece: PIECE, times: 3 }],
};

describe("an answer is right that is", () => {
  for (const [what, [body, expected]] of Object.entries(RIGHT)) {
    test(what, () => verify((_, response) => response.end(body), { path: "/", body: expected }));
  }

  test("right in whatever chunks it comes", async () => {
    const inChunks: RequestListener = async (_, response) => {
      for (const chunk of ["ab", "cabca", "b", "c"]) {
        response.write(chunk);
        await new Promise(setImmediate);
      }
      response.end();
    };
    await verify(inChunks, { path: "/", body: { piece: PIECE, times: 3 } });
  });
});

describe("an answer is wrong that is", () => {
  for (const [what, [body, expected]] of Object.entries(WRONG)) {
    test(what, async () => {
      const answered = verify((_, response) => response.end(body), { path: "/x", body: expected });
      await assert.rejects(answered, /GET \/x was answered with status 200 and \d+ bytes: "/);
    });
  }

  test("of another status", async () => {
    const refuses: RequestListener = (_, response) => response.writeHead(503).end("hello");
    await assert.rejects(verify(refuses, { path: "/", body: "hello" }), /status 503 and 5 bytes/);
  });

  test("cut off", async () => {
    const cuts: RequestListener = (_, response) => {
      response.writeHead(200, { "Content-Length": 5 });
      response.write("hel", () => response.destroy());
    };
    await assert.rejects(verify(cuts, { path: "/", body: "hello" }), /aborted/);
  });

  test("not there in time", async () => {
    const waits = verify(() => {}, { path: "/", body: "hello" }, 50);
    await assert.rejects(waits, /gave no answer in time/);
  });
});

test("the request has the method, the fields and the body of the exchange", async () => {
  const tells: RequestListener = async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(`${request.method} ${request.headers.cookie} ${bytes}`);
  };
  const exchange = { path: "/", method: "POST", headers: { Cookie: "a=b" }, sentBytes: 70_000 };
  await verify(tells, { ...exchange, body: "POST a=b 70000" });
});
