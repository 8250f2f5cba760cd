/** bodyLimit: no more of a body is read than it may have. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PieceSource } from "../../src/buffers/piece-source.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { bodyLimit } from "../../src/middleware/body-limit.ts";
import { LimitedInput } from "../../src/middleware/limited-input.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { BytesInput } from "../../src/wsgi/bytes-input.ts";
import type { Application, InputStream } from "../../src/wsgi/types.ts";
import { serveApplication } from "../support/serve-application.ts";
import { asking } from "./asking.ts";

const CHUNKED = { "wsgi.input_terminated": true } as const;

/** Reads all, and tells how much that was. */
const counts: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(String(body.length))];
};

describe("bodyLimit", () => {
  test("answers 413 by CONTENT_LENGTH, and does not call the application", async () => {
    const ask = asking(bodyLimit({ maxBytes: 4 }), () => assert.fail("it was called"));
    const response = await ask("POST", "/", { body: "12345" });
    assert.equal(response.status, 413);
    assert.equal(response.text, "the body of the request is larger than 4 bytes\n");
  });

  test("lets a body pass that is as large as it may be", async () => {
    const ask = asking(bodyLimit({ maxBytes: 5 }), counts);
    assert.equal((await ask("POST", "/", { body: "12345" })).text, "5");
    assert.equal((await ask("GET", "/")).text, "0");
  });

  test("answers 413 where a body without a length turns out to be longer", async () => {
    const given = { ...CHUNKED, "wsgi.input": new BytesInput(Buffer.from("12345")) };
    const ask = asking(bodyLimit({ maxBytes: 4 }), counts, given);
    assert.equal((await ask("POST", "/")).status, 413);
  });

  test("takes back an answer that the application has started before it read", async () => {
    const application: Application = async (environ, startResponse) => {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [await environ["wsgi.input"].read()];
    };
    const given = { ...CHUNKED, "wsgi.input": new BytesInput(Buffer.from("12345")) };
    const ask = asking(bodyLimit({ maxBytes: 4 }), application, given);
    assert.equal((await ask("POST", "/")).status, 413);
  });

  test("is an error that is a response to a handler", async () => {
    const handler = toApplication(async ({ environ }) => {
      await environ["wsgi.input"].read();
      return "read";
    });
    const given = { ...CHUNKED, "wsgi.input": new BytesInput(Buffer.from("12345")) };
    assert.equal(
      (await asking(bodyLimit({ maxBytes: 4 }), handler, given)("POST", "/")).status,
      413,
    );
  });

  test("passes on the application's own errors", async () => {
    const ask = asking(
      bodyLimit({ maxBytes: 4 }),
      () => Promise.reject(new Error("mine")),
      CHUNKED,
    );
    await assert.rejects(ask("POST", "/"), /mine/);
  });

  test("asks a function for each request's limit", async () => {
    const maxBytes = ({ PATH_INFO }: { PATH_INFO: string }): number =>
      PATH_INFO === "/uploads" ? 10 : 1;
    const ask = asking(bodyLimit({ maxBytes }), counts);
    assert.equal((await ask("POST", "/uploads", { body: "12345" })).status, 200);
    assert.equal((await ask("POST", "/other", { body: "12345" })).status, 413);
  });

  test("stops reading a chunked body of a real client", async () => {
    await using served = await serveApplication(bodyLimit({ maxBytes: 100 })(counts));
    const chunk = `19\r\n${"x".repeat(25)}\r\n`;
    const request = (chunks: number): string =>
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(chunks)}0\r\n\r\n`;
    for (const [chunks, status] of [
      [4, 200],
      [5, 413],
    ] as const) {
      using connection = await served.connect();
      connection.send(Buffer.from(request(chunks)));
      assert.equal((await connection.answer()).status, status);
    }
  });

  for (const maxBytes of [-1, 1.5, Number.NaN]) {
    test(`refuses a limit of ${maxBytes}`, () => {
      assert.throws(
        () => bodyLimit({ maxBytes }),
        new OptionError("bodyLimit", "maxBytes", `is ${maxBytes}, not a whole number of bytes`),
      );
    });
  }
});

describe("an input with a limit", () => {
  const TEXT = "one\ntwo\nthree";
  const limited = (maxBytes: number): LimitedInput =>
    new LimitedInput(new BytesInput(Buffer.from(TEXT)), maxBytes, () => new Error("too large"));

  const WAYS: Readonly<Record<string, (input: InputStream) => Promise<string>>> = {
    "read()": async (input) => Buffer.from(await input.read()).toString(),
    "read(size)": async (input) => {
      let text = "";
      for (let part = await input.read(2); part.length > 0; part = await input.read(2)) {
        text += Buffer.from(part).toString();
      }
      return text;
    },
    "readline()": async (input) => {
      let text = "";
      for (let line = await input.readline(); line.length > 0; line = await input.readline()) {
        text += Buffer.from(line).toString();
      }
      return text;
    },
    "readlines()": async (input) => Buffer.concat(await input.readlines()).toString(),
    iteration: async (input) => {
      let text = "";
      for await (const line of input) text += Buffer.from(line).toString();
      return text;
    },
  };

  for (const [name, read] of Object.entries(WAYS)) {
    test(`gives all of a body that keeps to it to ${name}, and none beyond it`, async () => {
      assert.equal(await read(limited(TEXT.length)), TEXT);
      await assert.rejects(read(limited(TEXT.length - 1)), /too large/);
      await assert.rejects(read(limited(0)), /too large/);
    });
  }

  test("fails again and again once it was too much", async () => {
    const input = limited(3);
    await assert.rejects(input.read(), /too large/);
    await assert.rejects(input.read(1), /too large/);
    await assert.rejects(input.readPieces(), /too large/);
  });

  test("does not ask again behind the end", async () => {
    let asked = 0;
    const bytes = new BytesInput(Buffer.from("x"));
    const inner = Object.assign(Object.create(bytes) as InputStream, {
      read: (size: number) => {
        asked += 1;
        return bytes.read(size);
      },
    });
    const input = new LimitedInput(inner, 10, () => new Error("too large"));
    await input.read();
    const before = asked;
    assert.equal((await input.read()).length, 0);
    assert.equal(asked, before);
  });

  test("gives an engine the pieces in which a body came, and counts them", async () => {
    class Pieces extends PieceSource {
      readonly #left = [Buffer.from("ab"), Buffer.from("cd")];

      override async readPieces(): Promise<Uint8Array[]> {
        return this.#left.splice(0, 1);
      }
    }
    // Only its pieces are asked for.
    const source = new Pieces() as unknown as InputStream;
    const input = new LimitedInput(source, 3, () => new Error("too large"));
    assert.ok(PieceSource.is(input));
    assert.deepEqual(await input.readPieces(), [Buffer.from("ab")]);
    await assert.rejects(input.readPieces(), /too large/);
  });
});
