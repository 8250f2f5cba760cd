/** Programs that serve: signals end them cleanly, and nothing is left of them however they end. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { Program } from "./program.ts";

/** The Python worker's process, as its application knows it. */
async function workerOf(port: number, target = "/python/counts"): Promise<string | undefined> {
  const { body } = await ask(port, "GET", target);
  return body.toString().split(" ")[1];
}

describe("serve()", () => {
  test("writes both logs as JSON where it is asked to, and gives requests their ids", async () => {
    using program = Program.run("logs_json");
    const { fields } = await ask(await program.port(), "GET", "/");
    await program.log.said(/portico.access/);
    program.kill("SIGTERM");
    await program.ended;
    const entries = program.log.text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    const id = fieldValue(fields, "x-request-id");
    const about = entries.filter(({ request_id }) => request_id === id);
    assert.deepEqual(about.map(({ logger }) => logger).sort(), ["portico.access", "wsgi.errors"]);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`lets the open requests finish on ${signal} and ends the process with 0`, async () => {
      using program = Program.run("serves");
      const port = await program.port();
      await using checkpoint = await Checkpoint.open();
      const clients: ClientConnection[] = [];
      for (const target of ["/counts", "/python/counts"]) {
        const client = await ClientConnection.open(port);
        client.request("GET", `${target}?${checkpoint.query}`);
        clients.push(client);
      }
      const goOn = [await checkpoint.reached("counted"), await checkpoint.reached("counted")];
      program.kill(signal);
      await program.log.said(/Handling signal/);
      for (const release of goOn) release();
      for (const client of clients) {
        const answer = await client.answer();
        assert.equal(answer.status, 200);
        assert.equal(fieldValue(answer.fields, "connection"), "close");
        client.finish();
      }
      assert.deepEqual(await program.ended, { code: 0, signal: null });
      assert.match(program.log.text, /"GET \/python\/counts\?.* HTTP\/1\.1" 200 \d+\n/);
    });
  }

  test("does not wait for open requests on SIGQUIT, nor when it is waiting already", async () => {
    for (const signals of [["SIGQUIT"], ["SIGTERM", "SIGQUIT"]] as const) {
      using program = Program.run("serves");
      const port = await program.port();
      await using checkpoint = await Checkpoint.open();
      using client = await ClientConnection.open(port);
      client.request("GET", `/python/counts?${checkpoint.query}`);
      await checkpoint.reached("counted");
      for (const signal of signals) {
        program.kill(signal);
        await program.log.said(new RegExp(`Handling signal: ${signal.slice(3).toLowerCase()}`));
      }
      await client.rest();
      assert.deepEqual(await program.ended, { code: 0, signal: null });
    }
  });

  test("leaves no Python process behind when it is killed with -9", async () => {
    using program = Program.run("serves");
    assert.notEqual(await workerOf(await program.port()), undefined);
    program.kill("SIGKILL");
    assert.deepEqual(await program.ended, { code: null, signal: "SIGKILL" });
  });
});

describe("a program with a server", () => {
  test("ends by itself once the server is closed", async () => {
    using program = Program.run("closes");
    const port = await program.port();
    assert.equal((await ask(port, "GET", "/starts_late")).status, 200);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  test("may exit at any time and leaves no Python process behind", async () => {
    using program = Program.run("exits");
    assert.notEqual(await workerOf(await program.port(), "/counts"), undefined);
    program.kill("SIGUSR2");
    assert.deepEqual(await program.ended, { code: 7, signal: null });
  });

  test("is told which application cannot be loaded, and may serve the others", async () => {
    using program = Program.run("cannot_load");
    const port = await program.port();
    assert.match(program.log.text, /LoadError: .*missing/);
    assert.equal((await ask(port, "GET", "/good/starts_late")).body.toString(), "GET late");
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });
});
