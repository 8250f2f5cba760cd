import assert from "node:assert/strict";
import { test } from "node:test";
import { bindText, parseBindAddress, parseBinding } from "../../src/cli/bind-address.ts";
import { urlOf } from "../../src/server/addresses.ts";

function tcp(host: string, port: number): ReturnType<typeof parseBindAddress> {
  return { kind: "tcp", host, port };
}

test("an address is read as gunicorn reads it", () => {
  assert.deepEqual(parseBindAddress("127.0.0.1:8080"), tcp("127.0.0.1", 8080));
  assert.deepEqual(parseBindAddress("localhost"), tcp("localhost", 8000));
  assert.deepEqual(parseBindAddress("Example.ORG:0"), tcp("example.org", 0));
  assert.deepEqual(parseBindAddress(":9000"), tcp("0.0.0.0", 9000));
  assert.deepEqual(parseBindAddress("[::1]:9000"), tcp("::1", 9000));
  assert.deepEqual(parseBindAddress("[::1]"), tcp("::1", 8000));
  assert.deepEqual(parseBindAddress("tcp://127.0.0.1:65535"), tcp("127.0.0.1", 65535));
  assert.deepEqual(parseBindAddress("tcp://[::]:80"), tcp("::", 80));
  assert.deepEqual(parseBindAddress("unix:/run/x.sock"), { kind: "unix", path: "/run/x.sock" });
  assert.deepEqual(parseBindAddress("unix:///run/x.sock"), { kind: "unix", path: "/run/x.sock" });
  assert.deepEqual(parseBindAddress("unix:x.sock"), { kind: "unix", path: "x.sock" });
});

test("the start-up lines have addresses as URLs", () => {
  assert.equal(urlOf(tcp("127.0.0.1", 8000)), "http://127.0.0.1:8000");
  assert.equal(urlOf(tcp("::1", 8000)), "http://[::1]:8000");
  assert.equal(urlOf({ kind: "unix", path: "/run/x.sock" }), "unix:/run/x.sock");
});

test("an address shown can be given to --bind again", () => {
  for (const text of ["127.0.0.1:8000", "[::1]:80", "unix:/run/x.sock"]) {
    assert.equal(bindText(parseBindAddress(text)), text);
  }
});

test("fd://N is a socket that is open already", () => {
  const socket = { kind: "descriptor", descriptor: 12 } as const;
  assert.deepEqual(parseBinding("fd://12"), socket);
  assert.equal(bindText(socket), "fd://12");
});

test("what is no address is refused with what to write", () => {
  const refused = [
    ["", '"" is empty; write HOST:PORT, such as 127.0.0.1:8000'],
    ["8080", '"8080" is a port without a host; write 127.0.0.1:8080 or :8080'],
    ["127.0.0.1:http", '"http" is not a port, which is a number up to 65535'],
    ["127.0.0.1:65536", '"65536" is not a port, which is a number up to 65535'],
    ["127.0.0.1:", '"" is not a port, which is a number up to 65535'],
    ["::1", '"::1" is an IPv6 address without brackets; write [ADDRESS]:PORT'],
    ["[::1]8000", '"[::1]8000" is not [IPV6]:PORT'],
    ["[]:80", '"[]:80" is not [IPV6]:PORT'],
    ["http://127.0.0.1:80", '"http://127.0.0.1:80" is a URL; write HOST:PORT or unix:PATH'],
    ["/run/x.sock", '"/run/x.sock" is not HOST:PORT; for a socket file write unix:PATH'],
    ["unix:", '"unix:" has no path; write unix:PATH'],
    ["fd://2", '"fd://2" is not fd://N with an N of at least 3'],
    ["fd://x", '"fd://x" is not fd://N with an N of at least 3'],
  ] as const;
  for (const [text, problem] of refused) {
    assert.throws(() => parseBinding(text), {
      name: "SettingError",
      message: `--bind: ${problem}`,
      exitCode: 2,
    });
  }
});

test("a socket path longer than the kernel takes is refused before it is tried", () => {
  const longest = `/${"x".repeat(106)}`;
  assert.deepEqual(parseBindAddress(`unix:${longest}`), { kind: "unix", path: longest });
  assert.throws(
    () => parseBindAddress(`unix:${longest}x`),
    /108 bytes; a socket's has at most 107$/,
  );
});
