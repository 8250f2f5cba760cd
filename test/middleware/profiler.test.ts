/** profiler: where the time of an answer goes. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { OptionError } from "../../src/middleware/option-error.ts";
import { profiler } from "../../src/middleware/profiler.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { Folder } from "../static/served.ts";
import { serveApplication } from "../support/serve-application.ts";
import { answers, asking, values } from "./asking.ts";

/** Until the processor has worked for 20 ms: others may have it meanwhile. */
function busyForAWhile(): void {
  const before = process.cpuUsage();
  for (let used = 0; used < 20; ) {
    const { user, system } = process.cpuUsage(before);
    used = (user + system) / 1000;
  }
}

const busy: Application = (_environ, startResponse) => {
  busyForAWhile();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("done")];
};

interface Profile {
  readonly nodes: readonly { readonly callFrame: { readonly functionName: string } }[];
}

describe("profiler", () => {
  test("says how long an answer's head took", async () => {
    const response = await asking(profiler(), busy)("GET", "/");
    const [, took = ""] = /^app;dur=(\d+\.\d)$/.exec(response.header("Server-Timing") ?? "") ?? [];
    assert.ok(Number(took) >= 10, `it took ${took}`);
  });

  test("says how long a request waited for a worker", async () => {
    const given = { "portico.engine": { queueTime: 0.25, keepsDeadline: false } };
    const response = await asking(profiler(), answers("x"), given)("GET", "/");
    assert.match(response.header("Server-Timing") ?? "", /^app;dur=0\.0, queue;dur=250\.0$/);
  });

  test("keeps what the application says of its times", async () => {
    const says = answers("x", [
      ["Content-Type", "text/plain"],
      ["Server-Timing", "db;dur=1"],
    ]);
    const [own, added] = values(await asking(profiler(), says)("GET", "/"), "server-timing");
    assert.equal(own, "db;dur=1");
    assert.match(added ?? "", /^app;/);
  });

  test("says nothing where that is off", async () => {
    const response = await asking(profiler({ serverTiming: false }), busy)("GET", "/");
    assert.equal(response.header("Server-Timing"), undefined);
  });

  for (const [name, application] of [
    ["whole", busy],
    [
      "lazy",
      (environ, startResponse) => {
        const body = busy(environ, startResponse);
        return (function* () {
          busyForAWhile();
          yield* body as Uint8Array[];
        })();
      },
    ],
  ] as const satisfies readonly (readonly [string, Application])[]) {
    test(`writes a profile of a request with a ${name} body`, async () => {
      using folder = new Folder();
      const directory = `${folder.path}/profiles`;
      await using served = await serveApplication(profiler({ directory })(application));
      assert.equal((await served.ask("GET", "/shop/a%20b")).body.toString(), "done");
      const path = await served.log.said(/profiler: (.*\.cpuprofile)\n/);
      assert.match(basename(path), /^GET\.shop\.a\.b\.\d+ms\.\d+\.cpuprofile$/);
      const { nodes } = JSON.parse(readFileSync(path, "utf8")) as Profile;
      const names = nodes.map(({ callFrame }) => callFrame.functionName);
      // V8 may make one function of a caller and what it calls.
      assert.ok(
        names.some((name) => name.startsWith("busy")),
        names.join(" "),
      );
    });
  }

  test("profiles those requests that are asked for", async () => {
    using folder = new Folder();
    const when = ({ QUERY_STRING }: { QUERY_STRING: string }): boolean =>
      QUERY_STRING === "profile";
    const ask = profiler({ directory: folder.path, when })(answers("x"));
    await using served = await serveApplication(ask);
    await served.ask("GET", "/plain");
    await served.ask("GET", "/?profile");
    await served.log.said(/profiler: .*\n/);
    assert.match(readdirSync(folder.path).join(), /^GET\.root\.\d+ms\.\d+\.cpuprofile$/);
  });

  test("ends the profile of a request that fails, so that the next has one", async () => {
    using folder = new Folder();
    let calls = 0;
    const fails: Application = () => {
      calls += 1;
      throw new Error(`broken ${calls}`);
    };
    await using served = await serveApplication(profiler({ directory: folder.path })(fails));
    for (let time = 1; time <= 2; time += 1) {
      assert.equal((await served.ask("GET", "/")).status, 500);
      await served.log.said(/profiler: .*\.cpuprofile\n/);
      served.log.forget();
    }
    assert.equal(readdirSync(folder.path).length, 2);
  });

  test("refuses an interval that is none, and a directory that cannot be", () => {
    using folder = new Folder({ file: "" });
    assert.throws(() => profiler({ interval: 0 }), OptionError);
    assert.throws(() => profiler({ directory: `${folder.path}/file/below` }), OptionError);
  });
});
