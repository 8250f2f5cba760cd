/** What a trusted proxy says, from its fields to what an application is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionFacts } from "../../src/gateway/environ.ts";
import { FORWARDED_KINDS, type ForwardedKind } from "../../src/gateway/forwarded-kinds.ts";
import { ForwardingPeer } from "../../src/gateway/forwarding-peer.ts";
import { TrustedPeers } from "../../src/gateway/trusted-peers.ts";
import { HttpConnection } from "../../src/http/connection.ts";
import type { RequestHead } from "../../src/http/events.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { CONNECTION_FACTS } from "../support/environ-facts.ts";

/** What the connection itself says: the peer is a proxy. */
const FACTS: ConnectionFacts = {
  ...CONNECTION_FACTS,
  serverPort: "8000",
  remoteAddress: "10.0.0.1",
};

interface Options {
  readonly list?: string;
  readonly believed?: readonly ForwardedKind[];
  readonly facts?: ConnectionFacts;
}

type Told = Partial<
  Pick<
    ConnectionFacts,
    "remoteAddress" | "remotePort" | "scheme" | "serverPort" | "host" | "scriptName"
  >
>;

function headOf(fields: readonly string[]): RequestHead {
  const http = new HttpConnection(DEFAULT_HTTP_LIMITS);
  const lines = ["GET /path HTTP/1.1", "Host: inner.example", ...fields, "", ""];
  http.receiveData(Buffer.from(lines.join("\r\n"), "latin1"));
  const head = http.nextEvent();
  assert.ok(typeof head === "object" && head.type === "request-head");
  return head;
}

function peerOf({ list, believed, facts = FACTS }: Options): ForwardingPeer {
  const peers = new TrustedPeers(list ?? "10.0.0.0/8,2001:db8:1::/48");
  const trust = { peers, believed: new Set(believed ?? FORWARDED_KINDS) };
  return new ForwardingPeer(facts, facts.remoteAddress, trust);
}

/** What is told otherwise than by the connection itself. */
function told(fields: readonly string[], options: Options = {}): Told {
  const facts = peerOf(options).factsFor(headOf(fields));
  const keys = [
    "remoteAddress",
    "remotePort",
    "scheme",
    "serverPort",
    "host",
    "scriptName",
  ] as const;
  return Object.fromEntries(
    keys.filter((key) => facts[key] !== FACTS[key]).map((key) => [key, facts[key]]),
  );
}

const CLIENT = { remoteAddress: "192.0.2.7", remotePort: "" };
const HTTPS = { scheme: "https", serverPort: "443" } as const;

type Row = readonly [name: string, fields: readonly string[], told: Told, options?: Options];

const ADDRESSES: readonly Row[] = [
  ["the client that the peer saw", ["X-Forwarded-For: 192.0.2.7"], CLIENT],
  [
    "nobody that the client put before itself",
    ["X-Forwarded-For: 127.0.0.1, 8.8.8.8, 192.0.2.7"],
    CLIENT,
  ],
  [
    "the client behind proxies that are trusted",
    ["X-Forwarded-For: 8.8.8.8, 192.0.2.7, 10.9.9.9, 2001:db8:1::5"],
    CLIENT,
  ],
  [
    "the first of all, where all are trusted",
    ["X-Forwarded-For: 10.7.7.7, 10.9.9.9"],
    {
      remoteAddress: "10.7.7.7",
      remotePort: "",
    },
  ],
  ["entries of several lines", ["X-Forwarded-For: 8.8.8.8", "X-Forwarded-For: 192.0.2.7"], CLIENT],
  [
    "an address with a port",
    ["X-Forwarded-For: 192.0.2.7:4711"],
    { ...CLIENT, remotePort: "4711" },
  ],
  [
    "IPv6 without brackets",
    ["X-Forwarded-For: 2001:DB8:2:0::1"],
    {
      remoteAddress: "2001:db8:2::1",
      remotePort: "",
    },
  ],
  [
    "IPv6 with brackets and a port",
    ["X-Forwarded-For: [2001:db8:2::1]:4711"],
    {
      remoteAddress: "2001:db8:2::1",
      remotePort: "4711",
    },
  ],
  ["a mapped IPv4 address as IPv4", ["X-Forwarded-For: ::ffff:192.0.2.7"], CLIENT],
  ["the peer, if it does not know its client", ["X-Forwarded-For: 192.0.2.7, unknown"], {}],
  [
    "the last proxy known, before a hidden one",
    ["X-Forwarded-For: 8.8.8.8, _gate, 10.9.9.9:80"],
    {
      remoteAddress: "10.9.9.9",
      remotePort: "80",
    },
  ],
  [
    "the last proxy known, before a name",
    ["X-Forwarded-For: 8.8.8.8, host-7.example, 10.9.9.9"],
    {
      remoteAddress: "10.9.9.9",
      remotePort: "",
    },
  ],
  [
    "what stands right, if all are trusted as peers",
    ["X-Forwarded-For: 8.8.8.8, 10.9.9.9"],
    {
      remoteAddress: "10.9.9.9",
      remotePort: "",
    },
    { list: "*" },
  ],
  ["nothing in an empty field", ["X-Forwarded-For:"], {}],
  ["nothing of what goes unread left of the client", ["X-Forwarded-For: '!', 192.0.2.7"], CLIENT],
];

const SCHEMES: readonly Row[] = [
  ["https, on its port", ["X-Forwarded-Proto: https"], HTTPS],
  ["http, on its port", ["X-Forwarded-Proto: http"], { serverPort: "80" }],
  ["wss as https", ["X-Forwarded-Proto: WSS"], HTTPS],
  ["Ssl: on", ["X-Forwarded-Ssl: on"], HTTPS],
  ["Protocol: ssl", ["X-Forwarded-Protocol: ssl"], HTTPS],
  ["all names that agree", ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: on"], HTTPS],
  [
    "the entry as many hops from the right as the client",
    ["X-Forwarded-For: 192.0.2.7, 10.9.9.9", "X-Forwarded-Proto: http, https, http"],
    { ...CLIENT, ...HTTPS },
  ],
  [
    "the first entry of a shorter list",
    ["X-Forwarded-For: 192.0.2.7, 10.9.9.9, 10.8.8.8", "X-Forwarded-Proto: https"],
    { ...CLIENT, ...HTTPS },
  ],
  ["the last entry without addresses", ["X-Forwarded-Proto: http, https"], HTTPS],
];

const PLACES: readonly Row[] = [
  ["a host", ["X-Forwarded-Host: shop.example"], { host: "shop.example", serverPort: "80" }],
  [
    "a host's port",
    ["X-Forwarded-Host: shop.example:81"],
    {
      host: "shop.example:81",
      serverPort: "81",
    },
  ],
  [
    "a host and a port apart",
    ["X-Forwarded-Host: [::1]", "X-Forwarded-Port: 81"],
    {
      host: "[::1]:81",
      serverPort: "81",
    },
  ],
  [
    "a port that needs no saying in the host",
    ["X-Forwarded-Host: a.example", "X-Forwarded-Port: 443", "X-Forwarded-Proto: https"],
    { ...HTTPS, host: "a.example" },
  ],
  [
    "a port before the host's own",
    ["X-Forwarded-Host: a.example:81", "X-Forwarded-Port: 82"],
    {
      host: "a.example:81",
      serverPort: "82",
    },
  ],
  ["a port alone", ["X-Forwarded-Port: 81"], { serverPort: "81" }],
  [
    "a prefix, decoded, without its last slash",
    ["X-Forwarded-Prefix: /a%20b/c/"],
    {
      scriptName: "/a b/c",
    },
  ],
  ["no prefix in a slash", ["X-Forwarded-Prefix: /"], {}],
];

const STANDARD: readonly Row[] = [
  [
    "for, proto and host",
    ['Forwarded: for="192.0.2.7:4711";proto=https;host="shop.example:81"'],
    {
      remoteAddress: "192.0.2.7",
      remotePort: "4711",
      scheme: "https",
      host: "shop.example:81",
      serverPort: "81",
    },
  ],
  [
    "the element of the client",
    [
      "Forwarded: for=8.8.8.8;proto=http, for=192.0.2.7;proto=https",
      "Forwarded: for=10.9.9.9;proto=http",
    ],
    { ...CLIENT, ...HTTPS },
  ],
  [
    "IPv6",
    ['Forwarded: For="[2001:db8:2::1]"'],
    { remoteAddress: "2001:db8:2::1", remotePort: "" },
  ],
  [
    "the peer, before an unknown client",
    ["Forwarded: for=192.0.2.7, for=unknown;proto=https"],
    HTTPS,
  ],
  ["the peer, before a hidden client and port", ['Forwarded: for="_x:_y"'], {}],
  ["the peer, before an element without for", ["Forwarded: for=192.0.2.7, by=10.0.0.1"], {}],
  ["a client with a hidden port", ['Forwarded: for="192.0.2.7:_p"'], CLIENT],
  [
    "both kinds, where they agree",
    [
      "Forwarded: for=192.0.2.7;proto=https",
      "X-Forwarded-For: 8.8.8.8, 192.0.2.7:1",
      "X-Forwarded-Proto: https",
    ],
    { ...CLIENT, ...HTTPS, remotePort: "1" },
  ],
];

for (const [group, rows] of Object.entries({ ADDRESSES, SCHEMES, PLACES, STANDARD })) {
  for (const [name, fields, expected, options] of rows) {
    test(`${group.toLowerCase()}: an application is told ${name}`, () => {
      assert.deepEqual(told(fields, options), expected);
    });
  }
}

const REFUSED: readonly (readonly [field: string, fields: readonly string[]])[] = [
  ...[
    "1.2.3",
    "256.1.1.1",
    "1.2.3.4:65536",
    "[::1",
    "[1.2.3.4]",
    "1.2.3.4:",
    "::1]:80",
    "a b",
    '"::1"',
  ].map((value) => ["x-forwarded-for", [`X-Forwarded-For: ${value}`]] as const),
  ["x-forwarded-proto", ["X-Forwarded-Proto: ftp"]],
  ["x-forwarded-proto", ["X-Forwarded-Proto: constructor"]],
  ["x-forwarded-ssl", ["X-Forwarded-Ssl: yes"]],
  ["x-forwarded-ssl", ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"]],
  ["x-forwarded-protocol", ["X-Forwarded-Ssl: on", "X-Forwarded-Protocol: http"]],
  ...["a b", "user@a", "a/b", "a:0", "a:65536", "[::1"].map(
    (value) => ["x-forwarded-host", [`X-Forwarded-Host: ${value}`]] as const,
  ),
  ...["0", "65536", "080", "-1", "http"].map(
    (value) => ["x-forwarded-port", [`X-Forwarded-Port: ${value}`]] as const,
  ),
  ...["app", "//evil.example", "/%2fevil.example", "/\\evil.example", "/a b", "/a?b", "/a#b"].map(
    (value) => ["x-forwarded-prefix", [`X-Forwarded-Prefix: ${value}`]] as const,
  ),
  ["forwarded", ["Forwarded: for=1.2.3.4:80"]],
  ["forwarded", ['Forwarded: for="192.0.2.7', 'Forwarded: for=192.0.2.8"']],
  ["forwarded", ["Forwarded: for=192.0.2.7;proto=ftp"]],
  ["forwarded", ['Forwarded: host="a b"']],
  ["forwarded", ["Forwarded: for=8.8.8.8", "X-Forwarded-For: 192.0.2.7"]],
  ["forwarded", ["Forwarded: for=8.8.8.8", "X-Forwarded-Proto: https"]],
  ["forwarded", ["Forwarded: proto=https", "X-Forwarded-For: 192.0.2.7"]],
  ["forwarded", ["Forwarded: for=192.0.2.7;proto=https", "X-Forwarded-For: 192.0.2.7"]],
  ["forwarded", ["Forwarded: for=192.0.2.7;host=evil.example", "X-Forwarded-For: 192.0.2.7"]],
  ["forwarded", ["Forwarded: host=a.example", "X-Forwarded-Host: b.example"]],
  ["forwarded", ["Forwarded: for=unknown", "X-Forwarded-Proto: https"]],
];

for (const [field, fields] of REFUSED) {
  test(`refused with the field's name: ${fields.join(", ")}`, () => {
    const message = `what the trusted proxy forwards is not valid (see --forwarded-allow-ips): ${field}`;
    assert.throws(() => told(fields), { refusal: "forwarded-fields", statusHint: 400, message });
  });
}

test("an application is told nothing by a peer that is not trusted", () => {
  const fields = ["Forwarded: for=::1;proto=ftp", "X-Forwarded-Host: a b"];
  assert.deepEqual(told(fields, { list: "127.0.0.1" }), {});
});

test("what is not believed is not read, right or wrong", () => {
  const fields = ["X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: ftp", "X-Forwarded-Host: a b"];
  const others = ["X-Forwarded-Port: 0", "X-Forwarded-Prefix: x"];
  assert.deepEqual(told([...fields, ...others], { believed: ["for"] }), CLIENT);
  const standard = ["Forwarded: for=8.8.8.8;proto=https;host=a.example"];
  assert.deepEqual(told(standard, { believed: ["proto", "port"] }), HTTPS);
});

test("what is not forwarded is as the connection has it", () => {
  const facts: ConnectionFacts = { ...FACTS, scheme: "https" };
  const { scheme, serverPort } = peerOf({ facts }).factsFor(
    headOf(["X-Forwarded-Host: a.example"]),
  );
  assert.deepEqual({ scheme, serverPort }, { scheme: "https", serverPort: "443" });
});

test("the same fields again are not read again", () => {
  const peer = peerOf({});
  const head = headOf(["X-Forwarded-For: 192.0.2.7"]);
  assert.equal(peer.factsFor(head), peer.factsFor({ ...head }));
  const other = peer.factsFor(headOf(["X-Forwarded-For: 192.0.2.8"]));
  assert.equal(other.remoteAddress, "192.0.2.8");
});
