/** Early hints of a Python application on their way through TypeScript middleware. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { python } from "../../src/embed/python.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { mount } from "../../src/routing/mount.ts";
import type { EarlyHints, Middleware } from "../../src/wsgi/types.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, type ServedApplication, serveApplication } from "../support/serve-application.ts";

/** Puts another callable in the environ's place. */
const withHints =
  (change: (own: EarlyHints | undefined) => EarlyHints | undefined): Middleware =>
  (application) =>
  (environ, startResponse) => {
    const { "wsgi.early_hints": own, ...others } = environ;
    const changed = change(own);
    return application(
      changed === undefined ? others : { ...others, "wsgi.early_hints": changed },
      startResponse,
    );
  };

const adds = withHints((own) => (headers) => own?.([...headers, ["X-Added", "by middleware"]]));
const removes = withHints(() => undefined);
const fails = withHints(() => () => {
  throw new Error("middleware that fails");
});

/** Answers itself, before the application does. */
const answersFirst: Middleware = (application) => async (environ, startResponse) => {
  const write = startResponse("200 OK", []);
  await write(Buffer.from("mine"));
  await application(environ, () => write);
  return [];
};

describe("early hints of a Python application", () => {
  const log = new KeptLog();
  let served: ServedApplication;
  before(async () => {
    const directory = join(repositoryRoot, "test", "apps");
    const application = python("everything.py", { directory, log: log.logger });
    const mounted = mount({
      "/plain": application,
      "/adds": adds(application),
      "/removes": removes(application),
      "/fails": fails(application),
      "/answers-first": answersFirst(application),
    });
    served = await serveApplication(mounted, {}, log);
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  test("reach the client through a mount while the application still runs", async () => {
    await using checkpoint = await Checkpoint.open();
    using connection = await served.connect();
    connection.request("GET", `/plain/hints?way=early&link=/a.css&${checkpoint.query}`);
    await checkpoint.pass("begun");
    const goOn = await checkpoint.reached("hinted");
    assert.deepEqual(await connection.head(), {
      version: "HTTP/1.1",
      status: 103,
      reason: "Early Hints",
      fields: [["Link", "</a.css>; rel=preload"]],
    });
    goOn();
    assert.equal((await connection.answer()).body.toString(), "done");
  });

  test("are middleware's to change", async () => {
    using connection = await served.connect();
    connection.request("GET", "/adds/hints?way=early&link=/a.css");
    const { fields } = await connection.head();
    assert.deepEqual(fields, [
      ["Link", "</a.css>; rel=preload"],
      ["X-Added", "by middleware"],
    ]);
  });

  test("are dropped where the environ has nobody who takes them", async () => {
    using connection = await served.connect();
    connection.request("GET", "/removes/hints?way=early&link=/a.css");
    assert.equal((await connection.head()).status, 200);
  });

  test("that are refused leave the answer and the worker as they are", async () => {
    const workerOf = async (): Promise<string | undefined> => {
      const { body } = await served.ask("GET", "/plain/counts");
      return body.toString().split(" ")[1];
    };
    const worker = await workerOf();
    using connection = await served.connect();
    connection.request("GET", "/fails/hints?way=early&link=/a.css");
    const answer = await connection.answer();
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString(), "done");
    await log.said(
      /Early hints of GET \/fails\/hints\?way=early\S* were refused\nError: middleware that/,
    );
    assert.equal(await workerOf(), worker);
  });

  test("that come after middleware has answered are not in the answer", async () => {
    const answer = await served.ask("GET", "/answers-first/hints?way=early&link=/a.css");
    assert.equal(answer.body.toString(), "mine");
    assert.equal(answer.isWhole, true);
    await log.said(/Early hints of .*\n.*called after the response began/);
  });
});
