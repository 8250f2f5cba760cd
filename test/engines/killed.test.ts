/** A gateway that is killed outright: what it had on the disk goes when the next one starts. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { ClientConnection } from "../../src/client/client-connection.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { ownTemporaryDirectory, spooledIn, spoolsOpenIn } from "../support/spools.ts";
import { until } from "../support/until.ts";
import { LAB } from "./lab.ts";

const directory = ownTemporaryDirectory();

const spools = (): readonly string[] =>
  readdirSync(directory).filter((name) => name.startsWith("portico-spool-"));

test("a gateway killed among spooled bodies and answers leaves nothing to the next", async () => {
  const options = { args: ["-b", "127.0.0.1:0", LAB], cwd: directory };
  {
    await using run = await PorticoRun.serving(options);
    const port = Number(new URL(run.url).port);
    using reader = await ClientConnection.open(port);
    reader.request("GET", "/blocks/320");
    using sender = await ClientConnection.open(port);
    sender.send("POST /digest/x HTTP/1.1\r\nHost: lab\r\nContent-Length: 9000000\r\n\r\n");
    sender.send(Buffer.alloc(2_000_000));
    await until("half a body is on the disk", () => spooledIn(directory).length === 1);
    await until("an answer is, too", () => spoolsOpenIn(run.pid, directory).length > 1);
    run.kill("SIGKILL");
    await run.ended;
  }
  assert.equal(spools().length, 1);
  // The body's, and the answer's if the kill came before that was unlinked.
  assert.ok(spooledIn(directory).length >= 1);
  await using _next = await PorticoRun.serving(options);
  await until("nothing of the first is left", () => spools().length === 0);
});
