/** Connections that are let go lose nothing that was asked on them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { serveApplication } from "../support/serve-application.ts";
import { until } from "../support/until.ts";

/** All that is read until the connection ends. */
async function read(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (data: string) => {
    text += data;
  });
  await once(socket, "close");
  return text;
}

test("a request that is under way when connections are let go is answered; silent ones end", async () => {
  await using served = await serveApplication((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "2"]]);
    return [Buffer.from("ok")];
  });
  const sockets = [1, 2].map(() => connect(served.port, "127.0.0.1"));
  const [asking, silent] = sockets;
  assert.ok(asking !== undefined && silent !== undefined);
  const texts = Promise.all([read(asking), read(silent)]);
  await until("both are served", () => served.server.statistics.present.connections.idle === 2);
  const gone = served.server.letGo();
  asking.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await gone;
  const [answer, nothing] = await texts;
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*ok$/s);
  assert.equal(nothing, "");
});
