import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressListError, TrustedPeers } from "../../src/gateway/trusted-peers.ts";
import { parseIpAddress } from "../../src/http/ip-address.ts";

function names(peers: TrustedPeers, text: string): boolean {
  const address = parseIpAddress(text);
  assert.ok(address !== undefined);
  return peers.names(address);
}

test("addresses and networks are trusted, and nobody beside them", () => {
  const peers = new TrustedPeers("127.0.0.1, 10.1.2.3/8,2001:db8::/33 ,::1,");
  for (const address of ["127.0.0.1", "10.0.0.0", "10.255.255.255", "2001:db8:7fff::1", "::1"]) {
    assert.equal(peers.trustsPeer(address), true, address);
  }
  for (const address of ["127.0.0.2", "9.255.255.255", "11.0.0.0", "2001:db8:8000::1", "::2"]) {
    assert.equal(peers.trustsPeer(address), false, address);
  }
});

test("an IPv4 address is the same when it is mapped", () => {
  for (const list of ["192.0.2.0/24", "::ffff:192.0.2.0/120"]) {
    const peers = new TrustedPeers(list);
    assert.equal(peers.trustsPeer("::ffff:192.0.2.7"), true);
    assert.equal(peers.trustsPeer("192.0.2.7"), true);
    assert.equal(peers.trustsPeer("192.0.3.7"), false);
  }
});

test("all of one family is nothing of the other", () => {
  const all4 = new TrustedPeers("0.0.0.0/0");
  const all6 = new TrustedPeers("::/0");
  assert.deepEqual([all4.trustsPeer("8.8.8.8"), all4.trustsPeer("2001:db8::1")], [true, false]);
  assert.deepEqual([all6.trustsPeer("8.8.8.8"), all6.trustsPeer("2001:db8::1")], [false, true]);
});

test("a star trusts every peer and names no address", () => {
  const peers = new TrustedPeers("*,10.0.0.0/8");
  assert.equal(peers.trustsPeer("192.0.2.1"), true);
  assert.equal(peers.trustsPeer(""), true);
  assert.equal(names(peers, "192.0.2.1"), false);
  assert.equal(names(peers, "10.0.0.1"), true);
});

test("a Unix socket is trusted, a client of unknown address is not", () => {
  const peers = new TrustedPeers("");
  assert.equal(peers.trustsPeer(undefined), true);
  assert.equal(peers.trustsPeer(""), false);
  assert.equal(peers.trustsPeer("127.0.0.1"), false);
});

test("a link-local peer is known without its zone", () => {
  assert.equal(new TrustedPeers("fe80::/10").trustsPeer("fe80::1%eth0"), true);
});

test("an entry that is none is refused by its text", () => {
  for (const entry of [
    "localhost",
    "10.0.0",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/08",
    "**",
    "[::1]",
  ]) {
    assert.throws(() => new TrustedPeers(`::1, ${entry}`), {
      name: "AddressListError",
      message: `"${entry}" is not an address, a network such as 10.0.0.0/8, or *`,
    });
  }
  assert.throws(() => new TrustedPeers("fe80::1%eth0"), AddressListError);
});
