/** The mount table: who gets a request, and what is left of its path. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MountError, mount } from "../../src/routing/mount.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";

/** Answers with its name and the two parts of the path. */
function named(name: string): Application {
  return (environ, startResponse) => {
    startResponse("200 OK", []);
    return [Buffer.from(`${name}|${environ.SCRIPT_NAME}|${environ.PATH_INFO}`)];
  };
}

function environFor(path: string, scriptName = ""): Environ {
  // mount() looks at nothing else.
  return { SCRIPT_NAME: scriptName, PATH_INFO: path } as Environ;
}

async function call(application: Application, environ: Environ): Promise<string> {
  let status = "";
  const body = await application(environ, (given) => {
    status = given;
    return () => Promise.resolve();
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return status === "200 OK" ? Buffer.concat(chunks).toString() : status;
}

describe("mount()", () => {
  const application = mount({
    "/": named("root"),
    "/a": named("a"),
    "/a/b/": named("b"),
    "/caf\xc3\xa9": named("bytes"),
  });

  for (const [path, answer] of [
    ["/", "root||/"],
    ["", "root||"],
    ["/x/y", "root||/x/y"],
    ["/a", "a|/a|"],
    ["/a/", "a|/a|/"],
    ["/a/x", "a|/a|/x"],
    ["/a/b", "b|/a/b|"],
    ["/a/b/", "b|/a/b|/"],
    ["/a/b/c", "b|/a/b|/c"],
    ["/a/bc", "a|/a|/bc"],
    ["/ab", "root||/ab"],
    ["/A", "root||/A"],
    ["//a", "root||//a"],
    ["/a//b", "a|/a|//b"],
    ["/caf\xc3\xa9/x", "bytes|/caf\xc3\xa9|/x"],
  ] as const) {
    test(`gives ${JSON.stringify(path)} to ${answer.split("|")[0]}`, async () => {
      assert.equal(await call(application, environFor(path)), answer);
    });
  }

  test("answers 404 where nothing matches", async () => {
    const partial = mount({ "/a": named("a") });
    for (const path of ["/", "", "/ab", "/b"]) {
      assert.equal(await call(partial, environFor(path)), "404 Not Found");
    }
  });

  test("adds to the SCRIPT_NAME there is, so that mounts nest", async () => {
    const nested = mount({ "/outer": mount({ "/inner": named("inner") }) });
    assert.equal(
      await call(nested, environFor("/outer/inner/x", "/site")),
      "inner|/site/outer/inner|/x",
    );
  });

  test("leaves the environ it was given as it was", async () => {
    const environ = environFor("/a/x");
    await call(application, environ);
    assert.deepEqual({ ...environ }, { SCRIPT_NAME: "", PATH_INFO: "/a/x" });
  });

  test("refuses a path without a slash, and one that stands twice", () => {
    assert.throws(() => mount({ a: named("a") }), MountError);
    assert.throws(() => mount({ "": named("a") }), MountError);
    assert.throws(() => mount({ "/a": named("a"), "/a/": named("b") }), MountError);
  });
});
