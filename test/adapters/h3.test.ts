/** Portico's applications in h3, and h3 in Portico. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromWebHandler, H3, HTTPError, readBody } from "h3";
import { fromFetchHandler, toFetchHandler } from "../../src/adapters/fetch.ts";
import { mount } from "../../src/routing/mount.ts";
import { serveApplication } from "../support/serve-application.ts";
import { telling } from "./applications.ts";

const PLACE = ["SCRIPT_NAME", "PATH_INFO", "HTTP_HOST"] as const;

describe("h3", () => {
  test("holds an application by mount and by fromWebHandler", async () => {
    const app = new H3();
    app.mount("/short", toFetchHandler(telling(...PLACE)));
    app.all("/whole/**", fromWebHandler(toFetchHandler(mount({ "/whole": telling(...PLACE) }))));
    const short = await app.request("http://test/short/x");
    assert.deepEqual(await short.json(), { SCRIPT_NAME: "", PATH_INFO: "/x", HTTP_HOST: "test" });
    const known = await app.request("http://test/whole/x");
    assert.deepEqual(await known.json(), {
      SCRIPT_NAME: "/whole",
      PATH_INFO: "/x",
      HTTP_HOST: "test",
    });
  });

  test("runs in Portico", async () => {
    const app = new H3();
    app.get("/users/:id", (event) => ({ id: event.context.params?.id, path: event.url.pathname }));
    app.post("/json", (event) => readBody(event));
    app.get("/throws", () => {
      throw new HTTPError({ status: 418, message: "short and stout" });
    });
    await using served = await serveApplication(mount({ "/api": fromFetchHandler(app.fetch) }));
    const user = await served.ask("GET", "/api/users/7");
    assert.deepEqual(JSON.parse(user.body.toString()), { id: "7", path: "/users/7" });
    const json = [["Content-Type", "application/json"]] as const;
    const posted = await served.ask("POST", "/api/json", { fields: json, body: '{"a":1}' });
    assert.deepEqual(JSON.parse(posted.body.toString()), { a: 1 });
    assert.equal((await served.ask("GET", "/api/throws")).status, 418);
    assert.equal((await served.ask("GET", "/api/missing")).status, 404);
  });
});
