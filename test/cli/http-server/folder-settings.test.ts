/** What `portico http.server` can be told, and how it says that something is wrong with that. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  FOLDER_SETTINGS,
  type FolderOrder,
  parseFolder,
} from "../../../src/cli/folder-settings.ts";
import { commandHelp } from "../../../src/cli/help.ts";

function parsed(...args: readonly string[]): FolderOrder {
  const command = parseFolder(args, "http.server");
  assert.ok(command.kind === "serve");
  return command;
}

function refusal(...args: readonly string[]): string {
  try {
    parseFolder(args, "static");
  } catch (error) {
    assert.ok(error instanceof Error && "exitCode" in error);
    assert.equal(error.exitCode, 2);
    return error.message;
  }
  return "none";
}

describe("the command line of Python's http.server", () => {
  test("is understood word for word", () => {
    const { port, settings } = parsed(
      ...["8000", "--bind", "127.0.0.1", "--directory", "/tmp", "-p", "HTTP/1.0"],
      ...["--tls-cert", "c.pem", "--tls-key", "k.pem", "--tls-password-file", "p.txt"],
      ...["-H", "Cross-Origin-Opener-Policy", "same-origin", "--header", "X-Two", "a: b"],
    );
    assert.equal(port, 8000);
    assert.deepEqual(
      [settings.bind, settings.directory, settings.protocol],
      ["127.0.0.1", "/tmp", "HTTP/1.0"],
    );
    const { tlsCert, tlsKey, tlsPasswordFile, header } = settings;
    assert.deepEqual([tlsCert, tlsKey, tlsPasswordFile], ["c.pem", "k.pem", "p.txt"]);
    assert.deepEqual(header, [
      ["Cross-Origin-Opener-Policy", "same-origin"],
      ["X-Two", "a: b"],
    ]);
  });

  test("is understood shortened, too, and with the port behind the options", () => {
    const { port, settings } = parsed("-d/tmp", "-b", "::1", "--prot=HTTP/1.1", "9000");
    assert.equal(port, 9000);
    assert.deepEqual([settings.directory, settings.bind], ["/tmp", "::1"]);
  });

  test("without arguments means this machine alone, no port in particular, and a listing", () => {
    const { port, settings } = parsed();
    assert.equal(port, undefined);
    const { bind, directory, list, noList, dotfiles, protocol } = settings;
    assert.deepEqual([bind, directory, protocol], ["127.0.0.1", ".", "HTTP/1.1"]);
    assert.deepEqual([list, noList, dotfiles], [true, false, false]);
  });
});

describe("is refused, with what to do about it", () => {
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["--cgi"],
      /^--cgi is not there: it ran programs .*; serve an application with portico TARGET$/,
    ],
    [
      ["http"],
      /^port: "http" is not a number; a directory is named by portico static --directory http$/,
    ],
    [["70000"], /^port: "70000" is not a port, which is a number up to 65535$/],
    [["1", "2"], /^two ports given, "1" and "2"/],
    [["-p", "HTTP/2"], /^--protocol: "HTTP\/2" is not HTTP\/1\.0 or HTTP\/1\.1$/],
    [
      ["--bind", "127.0.0.1:80"],
      /^--bind: "127\.0\.0\.1:80" has a port in it; the port stands by itself: 80 --bind 127\.0\.0\.1$/,
    ],
    [["--bind", ""], /^--bind: "" is no address or host name$/],
    [["--tls-key", "k"], /^--tls-key requires --tls-cert to be set$/],
    [["--tls-password-file", "p"], /^--tls-password-file requires --tls-cert to be set$/],
    [["-H", "X-One"], /^-H has not its two values; write -H NAME VALUE$/],
    [["-H", "X One", "1"], /^--header: "X One: 1" is not NAME:VALUE$/],
    [["-H", "Connection", "close"], /^--header: .*connection/i],
    [["-H", "X-One", "\u{1f40d}"], /^--header: .*X-One/],
    [["-H", "Content-Length", "5"], /^--header: Content-Length is each file's own$/],
    [["--cache", "soon"], /^--cache: "soon" is not a whole number/],
    [["--directry", "x"], /^unknown option --directry; did you mean --directory\?$/],
  ];
  for (const [args, message] of refused) {
    test(args.join(" "), () => assert.match(refusal(...args), message));
  }
});

test("an IPv6 address may stand in brackets", () => {
  assert.equal(parsed("--bind", "[::1]").settings.bind, "::1");
});

test("help has every option, none of its lines wider than 90 columns", () => {
  const help = commandHelp("usage", FOLDER_SETTINGS);
  for (const { flags } of Object.values(FOLDER_SETTINGS)) {
    assert.ok(help.includes(`  ${flags.join(", ")}`), flags[0]);
  }
  for (const line of help.split("\n")) assert.ok(line.length <= 90, line);
});
