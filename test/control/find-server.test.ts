import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ControlClient, NoAnswerError } from "../../src/control/control-client.ts";
import { findServer, ServerNotFoundError } from "../../src/control/find-server.ts";
import {
  liveSockets,
  makeSocketDirectory,
  pidOf,
  SocketDirectoryError,
} from "../../src/control/socket-directory.ts";
import { PaperServer } from "./controlled-server.ts";

const NOBODY = { socket: undefined, pid: undefined };

/** A directory that no other test uses. */
class Directory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "portico-places-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** What a server leaves that was killed. */
async function leaveSocket(path: string, secondsAgo: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Closing would remove the file, and renaming it keeps it.
  const aside = `${path}.aside`;
  linkSync(path, aside);
  await new Promise((resolve) => server.close(resolve));
  renameSync(aside, path);
  const then = Date.now() / 1000 - secondsAgo;
  utimesSync(path, then, then);
}

describe("the server that an operator means", () => {
  test("is the one there is", async () => {
    await using server = await PaperServer.listening();
    const found = await findServer(NOBODY, [server.directory, "/nowhere"]);
    assert.equal(found.path, server.client.path);
  });

  test("is the one whose socket is named, wherever others are", async () => {
    await using server = await PaperServer.listening();
    const found = await findServer({ socket: "/run/x.sock", pid: undefined }, [server.directory]);
    assert.equal(found.path, "/run/x.sock");
  });

  test("has to be named where there are several, which are told with what they serve", async () => {
    await using one = await PaperServer.listening("4711.sock");
    await using other = await PaperServer.listening("815.sock");
    const places = [one.directory, other.directory];
    await assert.rejects(findServer(NOBODY, places), (error) => {
      assert.ok(error instanceof ServerNotFoundError);
      const [heading, ...lines] = error.message.split("\n");
      assert.equal(heading, "2 servers run; say which with --pid PID or --socket PATH:");
      assert.deepEqual(lines, [
        `  4711  shop:app in /srv/shop  (${one.client.path})`,
        `  4711  shop:app in /srv/shop  (${other.client.path})`,
      ]);
      return true;
    });
    assert.equal(
      (await findServer({ socket: undefined, pid: 815 }, places)).path,
      other.client.path,
    );
  });

  test("is missed where there is none", async () => {
    using directory = new Directory();
    await assert.rejects(findServer(NOBODY, [directory.path]), {
      exitCode: 3,
      message: /^no server of this user is found; /,
    });
    await assert.rejects(findServer({ socket: undefined, pid: 7 }, [directory.path]), {
      message: /^no server with pid 7 of this user is found; /,
    });
  });

  test("is gone where its socket does not answer", async () => {
    await assert.rejects(new ControlClient("/nowhere/x.sock").get("/status"), (error) => {
      assert.ok(error instanceof NoAnswerError);
      assert.equal(error.message, "/nowhere/x.sock: there is no such socket");
      assert.deepEqual([error.isGone, error.exitCode], [true, 3]);
      return true;
    });
  });

  test("that hangs is told from one that is gone", async () => {
    using directory = new Directory();
    const path = join(directory.path, "1.sock");
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(path, resolve));
    try {
      await assert.rejects(new ControlClient(path).get("/status", 50), {
        ...{ isGone: false, exitCode: 1 },
        message: `${path}: no answer within 0.05 s`,
      });
    } finally {
      silent.close();
    }
  });
});

describe("the sockets of a directory", () => {
  test("that servers left which were killed are removed, but none that may just be made", async () => {
    using directory = new Directory();
    const [old, young] = [join(directory.path, "1.sock"), join(directory.path, "2.sock")];
    await leaveSocket(old, 60);
    await leaveSocket(young, 0);
    assert.deepEqual(await liveSockets([directory.path]), []);
    assert.deepEqual([existsSync(old), existsSync(young)], [false, true]);
  });

  test("are not looked for where others can enter, nor behind a link", async () => {
    await using server = await PaperServer.listening();
    using directory = new Directory();
    const link = join(directory.path, "link");
    symlinkSync(server.directory, link);
    assert.deepEqual(await liveSockets([link]), []);
    chmodSync(server.directory, 0o755);
    assert.deepEqual(await liveSockets([server.directory]), []);
  });

  test("are named for the process that made them", () => {
    assert.equal(pidOf("/tmp/portico-0/17.sock"), 17);
    assert.equal(pidOf("/tmp/portico-0/17-1700000000000.sock"), 17);
    assert.equal(pidOf("/run/shop.sock"), undefined);
  });
});

describe("a directory for sockets", () => {
  test("is made for its user alone", () => {
    using directory = new Directory();
    const path = join(directory.path, "own");
    assert.equal(makeSocketDirectory([path]), path);
    assert.equal(makeSocketDirectory([path]), path, "and found again");
    assert.equal(statSync(path).mode & 0o777, 0o700);
  });

  test("is the first that can be used", () => {
    using directory = new Directory();
    const [open, own] = [join(directory.path, "open"), join(directory.path, "own")];
    makeSocketDirectory([open]);
    chmodSync(open, 0o770);
    assert.equal(makeSocketDirectory(["/nowhere/at/all", open, own]), own);
  });

  test("that others could write to is refused, as is one that is a link or cannot be made", () => {
    using directory = new Directory();
    const [open, link] = [join(directory.path, "open"), join(directory.path, "link")];
    makeSocketDirectory([open]);
    symlinkSync(open, link);
    chmodSync(open, 0o701);
    assert.throws(
      () => makeSocketDirectory(["/nowhere/at/all", open, link]),
      (error) => {
        assert.ok(error instanceof SocketDirectoryError);
        const [first, ...others] = error.message.split("; ");
        assert.match(first ?? "", /^\/nowhere\/at\/all cannot be made: .*ENOENT/);
        assert.deepEqual(others, [
          `${open} is open to others`,
          "chmod 700 it",
          `${link} is no directory`,
        ]);
        return true;
      },
    );
  });
});
