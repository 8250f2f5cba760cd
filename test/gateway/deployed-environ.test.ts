/** What whoever deploys puts into environ, and what is not theirs to say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployedEnviron } from "../../src/gateway/deployed-environ.ts";
import { makeEnviron } from "../../src/gateway/environ.ts";
import { EMPTY_INPUT } from "../../src/gateway/input-stream.ts";
import { HttpConnection } from "../../src/http/connection.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { CONNECTION_FACTS, SERVER_FACTS } from "../support/environ-facts.ts";

test("names and values are in the environ of every request", () => {
  const http = new HttpConnection(DEFAULT_HTTP_LIMITS, "drop");
  http.receiveData(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  const head = http.nextEvent();
  assert.ok(typeof head === "object" && head.type === "request-head");
  const server = { ...SERVER_FACTS, deployed: deployedEnviron({ "mysite.database": "db/1" }) };
  const environ = makeEnviron(head, CONNECTION_FACTS, server, EMPTY_INPUT);
  assert.equal(environ["mysite.database"], "db/1");
});

test("text that is not ASCII becomes a native string of its UTF-8", () => {
  assert.deepEqual(deployedEnviron({ A: "caf\u00e9" }), { A: "caf\u00c3\u00a9" });
});

const TAKEN = ["PATH_INFO", "HTTP_HOST", "SERVER_NAME", "SSL_CLIENT_S_DN", "wsgi.input"];

for (const name of [...TAKEN, "portico.closed"]) {
  test(`${name} is not for deployers to say`, () => {
    assert.throws(() => deployedEnviron({ [name]: "x" }), {
      name: "DeployedEnvironError",
      message: new RegExp(`^${name} is what the server says of a request; choose a name`),
    });
  });
}

for (const name of ["", "a b", "1a", "a%", "a=b"]) {
  test(`${JSON.stringify(name)} is no name`, () => {
    assert.throws(() => deployedEnviron({ [name]: "x" }), /is no name for environ; use letters/);
  });
}
