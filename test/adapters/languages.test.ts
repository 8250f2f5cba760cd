/** Sites in both languages side by side: Django inside Express, and Express beside Flask. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import express from "express";
import { Hono } from "hono";
import { fromFetchHandler } from "../../src/adapters/fetch.ts";
import { fromNodeHandler, toNodeHandler } from "../../src/adapters/node.ts";
import { holdEngines, releaseEngines } from "../../src/embed/engines.ts";
import { python } from "../../src/embed/python.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Application } from "../../src/wsgi/types.ts";
import {
  DJANGO_PASSWORD,
  DJANGO_USER,
  djangoDirectory,
  prepareDjangoState,
  submitForm,
} from "../support/django-site.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { json, urlEncodedForm } from "../support/request-body.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import { Visitor } from "../support/visitor.ts";
import { Listening } from "./listening.ts";

const log = new KeptLog();
let state = "";

before(async () => {
  state = await mkdtemp(join(tmpdir(), "portico-adapters-"));
});

after(async () => {
  await rm(state, { recursive: true });
});

/** Made by its first request, when its state is there. */
function site(target: string, directory: string): Application {
  let application: Application | undefined;
  return (environ, startResponse) => {
    application ??= python(target, {
      directory,
      python: pythonProgram("python"),
      env: { SITE_STATE: state, SITE_FILES: state, PYTHONDONTWRITEBYTECODE: "1" },
      log: log.logger,
    });
    return application(environ, startResponse);
  };
}

describe("Django inside Express", () => {
  before(async () => {
    await prepareDjangoState(state);
    await holdEngines();
  });
  after(() => releaseEngines(AbortSignal.timeout(5000)));

  test("keeps a session, checks CSRF, and links below its mount", async () => {
    const app = express().set("env", "test");
    app.get("/", (_request, response) => response.send("Express's own"));
    app.use("/library", toNodeHandler(site("mysite.wsgi", djangoDirectory)));
    await using server = await Listening.open(app);
    const visitor = new Visitor(server.port);
    try {
      assert.equal((await visitor.get("/")).text, "Express's own");
      const stranger = await visitor.get("/library/admin/");
      assert.equal(stranger.status, 302);
      const login = stranger.field("location") ?? "";
      assert.equal(login, "/library/admin/login/?next=/library/admin/");
      const welcomed = await submitForm(visitor, await visitor.get(login), login, [
        ["username", DJANGO_USER],
        ["password", DJANGO_PASSWORD],
        ["next", "/library/admin/"],
      ]);
      assert.equal(welcomed.field("location"), "/library/admin/");
      assert.match((await visitor.get("/library/admin/")).text, /<strong>librarian<\/strong>/);
      const remarks = "/library/remarks/";
      const forged = await visitor.post(remarks, urlEncodedForm([["reader", "Mallory"]]));
      assert.equal(forged.status, 403);
      const posted = await submitForm(visitor, await visitor.get(remarks), remarks, [
        ["reader", "\u00c5sa"],
        ["text", "So many books, so little time."],
      ]);
      assert.equal(posted.field("location"), remarks);
      assert.match((await visitor.get(remarks)).text, /Thank you, <b>\u00c5sa<\/b>/);
    } finally {
      visitor.leave();
    }
  });
});

describe("Express and Hono beside Flask", () => {
  test("answer below their own paths, and Flask everywhere else", async () => {
    const api = express().use(express.json());
    api.post("/sum", (request, response) => {
      const numbers: number[] = request.body;
      response.json(numbers.reduce((sum, number) => sum + number, 0));
    });
    const edge = new Hono().get("/hello", (context) => context.text("Hono says hello"));
    const flask = site(
      'flask_site:create_app(title="Notes")',
      join(repositoryRoot, "test", "apps", "frameworks"),
    );
    const application = mount({
      "/": flask,
      "/api": fromNodeHandler(api),
      "/edge": fromFetchHandler(edge.fetch),
    });
    await using served = await serveApplication(application, {}, log);
    const visitor = new Visitor(served.port);
    try {
      assert.equal((await visitor.get("/visits")).text, "Visit 1");
      assert.equal((await visitor.get("/visits")).text, "Visit 2");
      const sum = await visitor.post("/api/sum", json([1, 2, 3]));
      assert.equal(sum.text, "6");
      assert.equal((await visitor.get("/edge/hello")).text, "Hono says hello");
      assert.equal((await visitor.get("/api/missing")).status, 404);
    } finally {
      visitor.leave();
    }
  });
});
