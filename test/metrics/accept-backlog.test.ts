import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { acceptBacklog } from "../../src/metrics/accept-backlog.ts";

for (const host of ["127.0.0.1", "::1"]) {
  test(`connections to ${host} that nobody has accepted are counted`, async () => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, host);
    await once(server, "listening");
    // It listens on a port, so its address has one.
    const { port } = server.address() as AddressInfo;
    assert.equal(acceptBacklog(), 0);
    // This process stands still meanwhile, and so accepts none.
    const client = `const { connect } = require("node:net");
      let open = 0;
      for (let at = 0; at < 3; at += 1) {
        connect(${port}, "${host}", () => (open += 1) === 3 && process.exit(0));
      }`;
    spawnSync(process.execPath, ["-e", client]);
    assert.equal(acceptBacklog(), 3);
    server.close();
    await once(server, "close");
  });
}
