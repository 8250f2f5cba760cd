/** Whatever an application does, what leaves is a legal response or a connection that is visibly cut. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Answer, ClientConnection, requestBytes } from "../../src/client/client-connection.ts";
import type { Behaviour } from "../apps/attacked.ts";
import { AttackedServer, type Engine } from "./attacked-server.ts";
import { HostileClient } from "./hostile-client.ts";
import type { StrictAnswer } from "./strict-answers.ts";

const ENGINES: readonly Engine[] = ["in-process", "cpython"];

/** What no head may have, and the words by which the log names it. */
const ILLEGAL: readonly (readonly [Behaviour, RegExp])[] = [
  ...["a\rb", "a\nb", "a\r\nb: c", "a\0b", "\u20ac"].flatMap((bad) => [
    [{ headers: [["X-Bad", bad]], items: ["x"] }, /Error handling request.*X-Bad/s] as const,
    [{ headers: [[`X-Bad${bad}`, "b"]], items: ["x"] }, /Error handling request.*X-Bad/s] as const,
    [{ status: `200 ${bad}`, items: ["x"] }, /Error handling request.*status/s] as const,
  ]),
  ...["Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade", "TE", "Trailer"].map(
    (name) =>
      [
        { headers: [[name, "x"]], items: ["x"] },
        new RegExp(`Error handling request.*${name}`, "s"),
      ] as const,
  ),
];

const STATUSES = ["200 OK", "204 No Content", "205 Reset Content", "304 Not Modified", "404 Oh"];
const LENGTHS: readonly (readonly (readonly string[])[])[] = [
  [],
  [["Content-Length", "0"]],
  [["Content-Length", "4"]],
  [["Content-Length", "9"]],
];
const BODIES: readonly Behaviour[] = [
  { items: [] },
  { items: ["four"] },
  { items: ["fo", "", "ur"], lazily: true },
  { items: [], lazily: true },
  { written: ["fo"], items: ["ur"] },
  { written: ["four"], items: [], lazily: true },
];

/** More than any buffer on the way takes. */
const LARGE_BODY_BYTES = 50_000_000;

for (const engine of ENGINES) {
  describe(`the answer of an application (${engine})`, () => {
    let opened: AttackedServer | undefined;
    const server = (): AttackedServer => opened ?? assert.fail("it is not up");
    before(async () => {
      opened = await AttackedServer.open(engine);
    });
    after(async () => {
      await opened?.[Symbol.asyncDispose]();
    });

    test("with a head that is not legal is a 500, and the log names what was wrong", async () => {
      for (const [behaviour, named] of ILLEGAL) {
        const start = server().log.text.length;
        await server().behave(behaviour);
        const answer = await strictly(server(), "GET", "HTTP/1.1");
        const name = JSON.stringify(behaviour);
        assert.deepEqual([answer?.status, answer?.isWhole], [500, true], name);
        assert.match(server().log.text.slice(start), named, name);
      }
    });

    for (const method of ["GET", "HEAD"]) {
      for (const version of ["HTTP/1.1", "HTTP/1.0"] as const) {
        test(`to ${method} in ${version} is legal, or cut where it is shorter than it says`, async () => {
          for (const behaviour of legalBehaviours()) {
            await server().behave(behaviour);
            const answer = await strictly(server(), method, version);
            const name = JSON.stringify(behaviour);
            assert.ok(answer !== undefined, name);
            const isCut = isTooShort(behaviour) && method === "GET";
            assert.equal(answer.isWhole && answer.status !== 500, !isCut, name);
            assert.equal(answer.body.toString(), bodyOf(answer, behaviour, method), name);
          }
        });
      }
    }

    test("longer than its Content-Length is cut there, and the log says what of which", async () => {
      const headers = [["Content-Length", "5"]];
      for (const behaviour of [
        { headers, items: ["hello world"] },
        { headers, items: ["hel", "lo world"], lazily: true },
        { headers, written: ["hello world"] },
      ]) {
        const start = server().log.text.length;
        await server().behave(behaviour);
        assert.equal((await strictly(server(), "GET", "HTTP/1.1"))?.body.toString(), "hello");
        await server().report();
        assert.match(
          server().log.text.slice(start),
          /WARNING.*6 bytes beyond Content-Length are cut off: GET \/told/,
        );
      }
    });

    test("to a HEAD is not longer than its Content-Length, whatever it is made of", async () => {
      const start = server().log.text.length;
      await server().behave({ headers: [["Content-Length", "5"]], items: ["hello world"] });
      await strictly(server(), "HEAD", "HTTP/1.1");
      await server().report();
      assert.doesNotMatch(server().log.text.slice(start), /beyond Content-Length/);
    });

    test("reaches a client that first sends the whole of a large body nobody wants", async () => {
      await server().behave({ special: "ignores the body" });
      const answer = await answerToLargeBody(server().port);
      assert.deepEqual([answer.status, answer.isWhole], [200, true]);
      assert.equal(answer.body.toString(), "/told ");
      await server().assertUnharmed(await server().report());
    });

    test("to a body that is too large comes without a word that it should be sent", async () => {
      const fields = [
        ["Expect", "100-continue"],
        ["Content-Length", "2000000000"],
      ] as const;
      using client = await ClientConnection.open(server().port);
      client.request("POST", "/told", { fields });
      assert.equal((await client.head()).status, 413);
    });
  });
}

function legalBehaviours(): readonly Behaviour[] {
  return STATUSES.flatMap((status) =>
    LENGTHS.flatMap((headers) => BODIES.map((body) => ({ status, headers, ...body }))),
  );
}

function lengthOf({ headers = [] }: Behaviour): number | undefined {
  const length = headers.find(([name]) => name === "Content-Length")?.[1];
  return length === undefined ? undefined : Number(length);
}

function textOf({ written = [], items = [] }: Behaviour): string {
  return [...written, ...items].join("");
}

function isTooShort(behaviour: Behaviour): boolean {
  const hasBody = !/^(204|205|304)/.test(String(behaviour.status));
  return hasBody && textOf(behaviour).length < (lengthOf(behaviour) ?? 0);
}

/** One that is all there when it turns out too short becomes a 500 instead. */
function bodyOf({ status }: StrictAnswer, behaviour: Behaviour, method: string): string {
  if (method === "HEAD" || [204, 205, 304].includes(status)) return "";
  if (status === 500) return "500 Internal Server Error\n";
  return textOf(behaviour).slice(0, lengthOf(behaviour));
}

/** Of a client that reads nothing before it has sent all. */
async function answerToLargeBody(port: number): Promise<Answer> {
  using client = await ClientConnection.open(port);
  const body = Buffer.alloc(LARGE_BODY_BYTES, "x");
  await new Promise<void>((resolve, reject) => {
    const sent = (error?: Error | null): void => (error ? reject(error) : resolve());
    client.socket.write(requestBytes("POST", "/told", { body }), sent);
  });
  return await client.answer("POST");
}

/** The one answer on a connection of its own. */
async function strictly(
  server: AttackedServer,
  method: string,
  version: "HTTP/1.0" | "HTTP/1.1",
): Promise<StrictAnswer | undefined> {
  using client = await HostileClient.open(server.port);
  const fields = [["Connection", "close"]] as const;
  void client.send(requestBytes(method, "/told", { version, fields }));
  await client.untilEnded();
  const answers = client.answers([method]);
  assert.ok(answers.length <= 1, "more than one answer");
  const [answer] = answers;
  const codings = answer?.fields.filter(([name]) => name === "Transfer-Encoding") ?? [];
  if (version === "HTTP/1.0") assert.deepEqual(codings, [], "chunks to HTTP/1.0");
  return answer;
}
