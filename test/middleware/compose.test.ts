/** compose: several middleware as one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { compose } from "../../src/middleware/compose.ts";
import type { Middleware } from "../../src/wsgi/types.ts";
import { answers, asking, shows, values } from "./asking.ts";

/** Says its name on the way in and on the way out. */
function says(name: string): Middleware {
  return (application) => (environ, startResponse) => {
    const path = `${environ.HTTP_X_PATH ?? ""}${name}`;
    return application({ ...environ, HTTP_X_PATH: path }, (status, headers, excInfo) =>
      startResponse(status, [...headers, ["X-Path", name]], excInfo),
    );
  };
}

test("the first is the outermost: it sees a request first, and an answer last", async () => {
  const ask = asking(
    compose(says("a"), says("b"), says("c")),
    shows(({ HTTP_X_PATH }) => HTTP_X_PATH),
  );
  const response = await ask("GET", "/");
  assert.equal(response.json(), "abc");
  assert.deepEqual(values(response, "x-path"), ["c", "b", "a"]);
});

test("none leaves an application as it is", () => {
  const application = answers("x");
  assert.equal(compose()(application), application);
});
