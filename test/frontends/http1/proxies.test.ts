/** Behind proxies and balancers, over real sockets: who is believed, and what is told. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  type Answer,
  ClientConnection,
  requestBytes,
} from "../../../src/client/client-connection.ts";
import type { FieldList } from "../../../src/client/field-list.ts";
import { accessLog } from "../../../src/embed/access-log.ts";
import type { MakeServerOptions } from "../../../src/embed/make-server.ts";
import { type Application, serve } from "../../../src/index.ts";
import {
  KeptLog,
  type ServedApplication,
  serveApplication,
} from "../../support/serve-application.ts";
import { Connections } from "./connections.ts";

const TOLD = [
  ...["REMOTE_ADDR", "REMOTE_PORT", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO"],
  ...["HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "wsgi.url_scheme"],
] as const;

/** Answers with what it was told. */
const tells: Application = (environ, startResponse) => {
  startResponse("200 OK", []);
  // The environ may hold any name; its type lists some.
  const told = TOLD.map((name) => [name, environ[name as "REMOTE_ADDR"]]);
  return [Buffer.from(JSON.stringify(Object.fromEntries(told)))];
};

function toldBy(answer: Answer): Readonly<Record<string, string>> {
  assert.equal(answer.status, 200);
  return JSON.parse(answer.body.toString());
}

const BELIEVED: FieldList = [
  ["X-Forwarded-For", "192.0.2.7"],
  ["X-Forwarded-Proto", "https"],
  ["X-Forwarded-Host", "shop.example"],
  ["X-Forwarded-Prefix", "/shop"],
];

function served(options: MakeServerOptions = {}): Promise<ServedApplication> {
  return serveApplication(tells, options);
}

/** Linux has all of 127.0.0.0/8; other systems have 127.0.0.1 alone. */
const skip = process.platform === "linux" ? false : "only Linux has a second loopback address";

function fromElsewhere(server: ServedApplication): Promise<ClientConnection> {
  const { port } = server;
  return ClientConnection.open({ host: "127.0.0.1", port, localAddress: "127.0.0.2" });
}

describe("a proxy that is trusted", () => {
  test("is this machine by default, and tells of its client", async () => {
    await using server = await served();
    const told = toldBy(await server.ask("GET", "/cart", { fields: BELIEVED }));
    assert.deepEqual(told, {
      REMOTE_ADDR: "192.0.2.7",
      REMOTE_PORT: "",
      SERVER_NAME: "127.0.0.1",
      SERVER_PORT: "443",
      SCRIPT_NAME: "/shop",
      PATH_INFO: "/cart",
      HTTP_HOST: "shop.example",
      HTTP_X_FORWARDED_FOR: "192.0.2.7",
      HTTP_X_FORWARDED_PROTO: "https",
      "wsgi.url_scheme": "https",
    });
  });

  test("tells of each request of a connection by itself", async () => {
    await using server = await served();
    using proxy = await server.connect();
    const clients = ["192.0.2.7", "192.0.2.7", "192.0.2.8", undefined, "192.0.2.7"];
    for (const client of clients) {
      const fields: FieldList = client === undefined ? [] : [["X-Forwarded-For", client]];
      proxy.request("GET", "/", { fields });
      assert.equal(toldBy(await proxy.answer()).REMOTE_ADDR, client ?? "127.0.0.1");
    }
  });

  test("is answered 400 where it contradicts itself, and the log says by which field", async () => {
    await using server = await served();
    for (const body of ["", "body"]) {
      const fields = [["X-Forwarded-Proto", "https"] as const, ["X-Forwarded-Ssl", "off"] as const];
      using proxy = await server.connect();
      proxy.request("POST", "/", { fields, body });
      assert.equal((await proxy.answer()).status, 400);
      assert.equal((await proxy.rest()).ended, "closed");
    }
    await server.log.said(/127\.0\.0\.1.* 400: .*: x-forwarded-ssl/);
  });

  test("is believed about what is listed, and no more", async () => {
    await using server = await served({ proxies: { forwardedHeaders: ["for"] } });
    const told = toldBy(await server.ask("GET", "/", { fields: BELIEVED }));
    assert.deepEqual(
      [told.REMOTE_ADDR, told.HTTP_HOST, told["wsgi.url_scheme"], told.SCRIPT_NAME],
      ["192.0.2.7", "test", "http", ""],
    );
    assert.equal(told.HTTP_X_FORWARDED_PROTO, undefined);
  });

  test("is whoever connects to a Unix socket, and so is a balancer", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "portico-proxies-"));
    context.after(() => rmSync(folder, { recursive: true }));
    for (const [proxyProtocol, line] of [
      ["off", ""],
      ["v2", LOCAL],
    ] as const) {
      const unix = join(folder, proxyProtocol);
      const proxies = { forwardedAllowIps: "", proxyAllowFrom: "", proxyProtocol };
      const options = { unix, signals: false, log: new KeptLog().logger, proxies };
      await using _server = await serve(tells, options);
      using proxy = await ClientConnection.open(unix);
      proxy.send(line);
      proxy.request("GET", "/", { fields: BELIEVED });
      assert.equal(toldBy(await proxy.answer()).REMOTE_ADDR, "192.0.2.7");
    }
  });

  test("is not what the access log shows: its client is", async () => {
    const lines: string[] = [];
    const onExchange = accessLog(({ remoteAddress }) => lines.push(remoteAddress));
    await using server = await served({ onExchange });
    await server.ask("GET", "/", { fields: BELIEVED });
    assert.deepEqual(lines, ["192.0.2.7"]);
  });
});

describe("a peer that is not trusted", () => {
  test("changes nothing by its fields, which are left out, and one line says so", {
    skip,
  }, async () => {
    await using server = await served();
    for (let connection = 0; connection < 2; connection += 1) {
      using client = await fromElsewhere(server);
      for (let request = 0; request < 2; request += 1) {
        client.request("GET", "/", { fields: [...BELIEVED, ["X_Forwarded_For", "::1"]] });
        const told = toldBy(await client.answer());
        assert.equal(told.REMOTE_ADDR, "127.0.0.2");
        assert.equal(told.HTTP_HOST, "test");
        assert.equal(told.SCRIPT_NAME, "");
        assert.equal(told["wsgi.url_scheme"], "http");
        assert.equal(told.SERVER_PORT, String(server.port));
        assert.equal(told.HTTP_X_FORWARDED_FOR, undefined);
      }
    }
    const said = /\[WARNING\] Fields that proxies set .* 127\.0\.0\.2 .*--forwarded-allow-ips/g;
    assert.equal([...server.log.text.matchAll(said)].length, 1);
  });

  test("is none where all are trusted", { skip }, async () => {
    await using server = await served({ proxies: { forwardedAllowIps: "*" } });
    using client = await fromElsewhere(server);
    const fields: FieldList = [["X-Forwarded-For", "127.0.0.1, 192.0.2.7"]];
    client.request("GET", "/", { fields });
    assert.equal(toldBy(await client.answer()).REMOTE_ADDR, "192.0.2.7");
  });
});

const LINE = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n";

/** The same addresses in version 2, and that the client spoke TLS. */
const BINARY = Buffer.from(
  `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\xc0\x00\x02\x07\xc6\x33\x64\x01\x12\x67\x01\xbb\x20\0\x05\x01\0\0\0\0`,
  "latin1",
);
const LOCAL = Buffer.from("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "latin1");

describe("a balancer that speaks the PROXY protocol", () => {
  for (const [name, header, scheme] of [
    ["version 1", LINE, "http"],
    ["version 2", BINARY, "https"],
  ] as const) {
    test(`tells the addresses of all requests of a connection: ${name}`, async () => {
      await using server = await served({ proxies: { proxyProtocol: "auto" } });
      using balancer = await server.connect();
      balancer.send(Buffer.concat([Buffer.from(header), requestBytes("GET", "/")]));
      for (let request = 0; request < 2; request += 1) {
        const told = toldBy(await balancer.answer());
        assert.deepEqual(
          [told.REMOTE_ADDR, told.REMOTE_PORT, told.SERVER_NAME, told.SERVER_PORT],
          ["192.0.2.7", "4711", "198.51.100.1", "443"],
        );
        assert.equal(told["wsgi.url_scheme"], scheme);
        if (request === 0) balancer.request("GET", "/");
      }
    });
  }

  test("passes on what its client sends, which is not believed for its sake", async () => {
    await using server = await served({ proxies: { proxyProtocol: "v1" } });
    for (const header of [LINE, "PROXY UNKNOWN\r\n"]) {
      using balancer = await server.connect();
      balancer.send(header);
      balancer.request("GET", "/", { fields: BELIEVED });
      const told = toldBy(await balancer.answer());
      assert.equal(told.REMOTE_ADDR, header === LINE ? "192.0.2.7" : "127.0.0.1");
      assert.equal(told.HTTP_HOST, "test");
      assert.equal(told.HTTP_X_FORWARDED_FOR, undefined);
    }
  });

  test("may have a trusted proxy as its client", async () => {
    const proxies = { proxyProtocol: "v1", forwardedAllowIps: "192.0.2.7" } as const;
    await using server = await served({ proxies });
    using balancer = await server.connect();
    balancer.send(LINE);
    balancer.request("GET", "/", { fields: [["X-Forwarded-For", "203.0.113.9"]] });
    assert.equal(toldBy(await balancer.answer()).REMOTE_ADDR, "203.0.113.9");
  });

  test("may speak for itself", async () => {
    await using server = await served({ proxies: { proxyProtocol: "v2" } });
    using balancer = await server.connect();
    balancer.send(LOCAL);
    balancer.request("GET", "/", { fields: [["X-Forwarded-For", "203.0.113.9"]] });
    assert.equal(toldBy(await balancer.answer()).REMOTE_ADDR, "203.0.113.9");
  });

  test("must begin as it was agreed; with auto it need not", async () => {
    for (const [proxyProtocol, status] of [
      ["off", 200],
      ["auto", 200],
      ["v1", 400],
      ["v2", 400],
    ] as const) {
      await using server = await served({ proxies: { proxyProtocol } });
      assert.equal((await server.ask("GET", "/")).status, status, proxyProtocol);
      if (status === 400) await server.log.said(/does not begin with a PROXY line/);
    }
  });

  test("is refused with a header that is not valid", async () => {
    await using server = await served({ proxies: { proxyProtocol: "auto" } });
    using balancer = await server.connect();
    balancer.send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 65536\r\n");
    assert.equal((await balancer.answer()).status, 400);
    await server.log.said(/the PROXY line is not valid/);
  });

  test("is not what the log names when its client is refused", async () => {
    await using server = await serveApplication(tells, { proxies: { proxyProtocol: "v1" } });
    using balancer = await server.connect();
    balancer.send(`${LINE}GET / HTTP/1.1\r\n\r\n`);
    assert.equal((await balancer.answer()).status, 400);
    await server.log.said(/Refused 192\.0\.2\.7 with 400: no Host/);
  });

  test("is none that is not named: its header is no request line", { skip }, async () => {
    await using server = await served({ proxies: { proxyProtocol: "auto" } });
    for (const header of [LINE, BINARY]) {
      using client = await fromElsewhere(server);
      client.send(header);
      client.request("GET", "/");
      assert.equal((await client.answer()).status, 400);
    }
    using client = await fromElsewhere(server);
    client.request("GET", "/");
    assert.equal(toldBy(await client.answer()).REMOTE_ADDR, "127.0.0.2");
  });

  test("has the time of a head for its header, and may leave after it", async () => {
    await using connections = await Connections.open(tells, {}, { proxyProtocol: "v1" });
    using slow = await connections.connect();
    slow.send(LINE.slice(0, 20));
    await connections.received(20);
    connections.at(10);
    assert.equal((await slow.answer()).status, 408);
    using brief = await connections.connect();
    brief.send(LINE);
    brief.finish();
    assert.deepEqual(await brief.rest(), { bytes: Buffer.alloc(0), ended: "closed" });
  });
});

describe("a header map", () => {
  test("that refuses answers 400 to a name with an underscore", async () => {
    await using server = await served({ headerMap: "refuse" });
    const fields: FieldList = [["X_User", "root"]];
    assert.equal((await server.ask("GET", "/", { fields })).status, 400);
    assert.equal((await server.ask("GET", "/")).status, 200);
  });

  test("that is dangerous never lets a name pose as what proxies set", async () => {
    await using server = await served({ headerMap: "dangerous" });
    const fields: FieldList = [["X_Forwarded_For", "192.0.2.7"]];
    const told = toldBy(await server.ask("GET", "/", { fields }));
    assert.deepEqual([told.REMOTE_ADDR, told.HTTP_X_FORWARDED_FOR], ["127.0.0.1", undefined]);
  });
});
