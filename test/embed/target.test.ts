/** A TypeScript module that mounts python(), served by the command line. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../src/client/client-connection.ts";
import { Program } from "./program.ts";

const MODULE = "test/apps/mounts_python.ts";

describe("portico on a module that mounts python()", () => {
  for (const [signal, end] of [
    ["SIGTERM", { code: 0, signal: null }],
    ["SIGKILL", { code: null, signal: "SIGKILL" }],
  ] as const) {
    test(`serves both languages with -w 1, and leaves nothing after ${signal}`, async () => {
      using program = Program.portico([MODULE, "-b", "127.0.0.1:0", "-w", "1"]);
      const port = await program.port();
      assert.match((await ask(port, "GET", "/")).body.toString(), /^\d+$/);
      const { body } = await ask(port, "GET", "/python/environment/x");
      const { strings } = JSON.parse(body.toString()) as { strings: Record<string, string> };
      assert.equal(strings.SCRIPT_NAME, "/python/environment");
      assert.equal(strings.PATH_INFO, "/x");
      program.kill(signal);
      assert.deepEqual(await program.ended, end);
    });

    test(`serves both languages with -w 2, and leaves nothing after ${signal}`, async () => {
      using program = Program.portico([MODULE, "-b", "127.0.0.1:0", "-w", "2"]);
      const port = await program.port();
      const servers = new Set<string>();
      const workers = new Set<string | undefined>();
      // Connections go to the server workers in turn.
      for (let request = 0; request < 4; request += 1) {
        servers.add((await ask(port, "GET", "/")).body.toString());
        const { body } = await ask(port, "GET", "/python/counts");
        workers.add(body.toString().split(" ")[1]);
      }
      assert.ok(servers.size <= 2 && workers.size <= 2);
      program.kill(signal);
      assert.deepEqual(await program.ended, end);
    });
  }

  for (const workers of ["1", "2"]) {
    test(`says why it cannot load its Python application with -w ${workers}, and ends with 4`, async () => {
      using program = Program.portico([MODULE, "-b", "127.0.0.1:0", "-w", workers], {
        PYTHON_TARGET: "no_such_module:app",
      });
      assert.deepEqual(await program.ended, { code: 4, signal: null });
      assert.match(program.log.text, /no_such_module/);
    });
  }
});
