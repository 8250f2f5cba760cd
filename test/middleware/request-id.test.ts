/** requestId: one id for a request, its answer and its logs. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../../src/middleware/option-error.ts";
import { requestId } from "../../src/middleware/request-id.ts";
import { serveApplication } from "../support/serve-application.ts";
import { answers, asking, shows, values } from "./asking.ts";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

const seen = shows((environ) => [
  environ["portico.request_id"],
  environ.HTTP_X_REQUEST_ID,
  environ.HTTP_X_TRACE,
]);

describe("requestId", () => {
  test("gives each request an id of its own, in environ and answer", async () => {
    const ask = asking(requestId(), seen);
    const [first, second] = [await ask("GET", "/"), await ask("GET", "/")];
    const id = first.header("X-Request-ID") ?? "";
    assert.match(id, UUID);
    assert.deepEqual(first.json(), [id, id, null]);
    assert.notEqual(second.header("X-Request-ID"), id);
  });

  test("does not take what the client says, unless it is told to", async () => {
    const headers = { "X-Request-ID": "mine" };
    const own = await asking(requestId(), seen)("GET", "/", { headers });
    assert.match(own.header("X-Request-ID") ?? "", UUID);
    const taken = await asking(requestId({ acceptsClients: true }), seen)("GET", "/", { headers });
    assert.deepEqual(taken.json(), ["mine", "mine", null]);
    assert.equal(taken.header("X-Request-ID"), "mine");
  });

  for (const id of ['a"b', "a b", "x".repeat(129), ""]) {
    test(`does not take ${JSON.stringify(id.slice(0, 9))}, which is fit for no log`, async () => {
      const ask = asking(requestId({ acceptsClients: true }), seen);
      const response = await ask("GET", "/", { headers: { "X-Request-ID": id } });
      assert.match(response.header("X-Request-ID") ?? "", UUID);
    });
  }

  test("takes the id that the server has given", async () => {
    const ask = asking(requestId(), seen, { "portico.request_id": "the server's-1" });
    assert.deepEqual((await ask("GET", "/")).json(), ["the server's-1", "the server's-1", null]);
  });

  test("leaves an id that the application says itself", async () => {
    const says = answers("x", [
      ["Content-Type", "text/plain"],
      ["x-request-id", "its own"],
    ]);
    assert.deepEqual(values(await asking(requestId(), says)("GET", "/"), "x-request-id"), [
      "its own",
    ]);
  });

  test("has another field, and other ids, where that is said", async () => {
    const ask = asking(requestId({ header: "X-Trace", make: () => "t-1" }), seen);
    const response = await ask("GET", "/");
    assert.deepEqual(response.json(), ["t-1", null, "t-1"]);
    assert.equal(response.header("X-Trace"), "t-1");
  });

  test("agrees with the log of a server that gives ids", async () => {
    await using served = await serveApplication(requestId()(seen), { requestIds: true });
    const answer = await served.ask("GET", "/");
    const [id] = JSON.parse(answer.body.toString()) as [string];
    const fields = answer.fields.filter(([name]) => name.toLowerCase() === "x-request-id");
    assert.deepEqual(
      fields.map(([, value]) => value),
      [id],
    );
    assert.equal(served.exchanges[0]?.about?.requestId, id);
  });

  test("refuses a field that is none, and an id that is none", async () => {
    assert.throws(() => requestId({ header: "X Request" }), OptionError);
    const ask = asking(requestId({ make: () => "a b" }), seen);
    await assert.rejects(ask("GET", "/"), /requestId: make made "a b", which is no id/);
  });
});
