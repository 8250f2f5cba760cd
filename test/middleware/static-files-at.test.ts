/** staticFilesAt: files first, and then the application. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../../src/middleware/option-error.ts";
import { staticFilesAt } from "../../src/middleware/static-files-at.ts";
import { StaticFilesError } from "../../src/static/static-files.ts";
import { Folder } from "../static/served.ts";
import { type Ask, asking, shows } from "./asking.ts";

const FILES = { "app.js": "the script", "docs/index.html": "the docs", ".env": "secret" };

const shown = shows(({ SCRIPT_NAME, PATH_INFO }) => `application: ${SCRIPT_NAME}|${PATH_INFO}`);

function below(path: string, folder: Folder): Ask {
  return asking(staticFilesAt(path, folder.path), shown);
}

describe("staticFilesAt", () => {
  for (const path of ["/static", "/static/", "/"]) {
    test(`gives files at ${path}, and all else to the application`, async () => {
      using folder = new Folder(FILES);
      const ask = below(path, folder);
      const prefix = path === "/" ? "" : "/static";
      assert.equal((await ask("GET", `${prefix}/app.js`)).text, "the script");
      for (const other of [
        `${prefix}/none.js`,
        `${prefix}/.env`,
        `/x${prefix}/app.js`,
        "/staticx/app.js",
        "/other",
      ]) {
        assert.equal((await ask("GET", other)).json(), `application: |${other}`);
      }
    });
  }

  test("knows a path beyond ASCII", async () => {
    using folder = new Folder(FILES);
    const ask = below("/st\u00e4", folder);
    assert.equal((await ask("GET", "/st%C3%A4/app.js")).text, "the script");
    assert.equal((await ask("GET", "/st%C3%A4/docs")).header("Location"), "/st%C3%A4/docs/");
  });

  test("answers HEAD, 304 and ranges as static files do", async () => {
    using folder = new Folder(FILES);
    const ask = below("/static", folder);
    const head = await ask("HEAD", "/static/app.js");
    assert.deepEqual([head.status, head.text], [200, ""]);
    const headers = { "If-None-Match": head.header("ETag") ?? "" };
    assert.equal((await ask("GET", "/static/app.js", { headers })).status, 304);
    const part = await ask("GET", "/static/app.js", { headers: { Range: "bytes=4-5" } });
    assert.deepEqual([part.status, part.text], [206, "sc"]);
  });

  test("leaves other methods to the application", async () => {
    using folder = new Folder(FILES);
    const response = await below("/static", folder)("POST", "/static/app.js");
    assert.equal(response.json(), "application: |/static/app.js");
  });

  test("leads from a directory to its index below the mount that it is in", async () => {
    using folder = new Folder(FILES);
    const given = { SCRIPT_NAME: "/mounted" };
    const ask = asking(staticFilesAt("/static", folder.path), shown, given);
    const response = await ask("GET", "/static/docs?x=1");
    assert.equal(response.status, 301);
    assert.equal(response.header("Location"), "/mounted/static/docs/?x=1");
    assert.equal((await ask("GET", "/static/docs/")).text, "the docs");
  });

  test("refuses a path without a slash, and a directory that is not there", () => {
    using folder = new Folder(FILES);
    assert.throws(() => staticFilesAt("static", folder.path), OptionError);
    assert.throws(() => staticFilesAt("/static", `${folder.path}/none`), StaticFilesError);
  });
});
