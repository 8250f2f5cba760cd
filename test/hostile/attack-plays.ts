/** How the bytes of an attack are delivered, and what came back. */
import assert from "node:assert/strict";
import { ask } from "../../src/client/client-connection.ts";
import type { Seen } from "../apps/attacked.ts";
import { bytesOf, type Case } from "../http/conformance-judges.ts";
import type { AttackedServer, Engine } from "./attacked-server.ts";
import { type Ended, HostileClient } from "./hostile-client.ts";
import { finalOnes, type StrictAnswer } from "./strict-answers.ts";

/** One attack and what came of it. */
export interface Played {
  readonly engine: Engine;
  /** Final answers to the attack's own requests. */
  readonly answers: readonly StrictAnswer[];
  readonly informational: readonly StrictAnswer[];
  /** The requests of the attack that reached the application. */
  readonly seen: readonly Seen[];
  /** The answer to {@link LAST_REQUEST}, where the connection was free for it. */
  readonly last: StrictAnswer | undefined;
  /** Undefined where the client has left first. */
  readonly ended: Ended | undefined;
  /** What the log said meanwhile. */
  readonly log: string;
}

/** Sent behind every attack when it has been answered: a free connection answers it, no other does. */
const LAST_REQUEST: Buffer = Buffer.from(
  "GET /last HTTP/1.1\r\nHost: t.example\r\nConnection: close\r\n\r\n",
);

/** The scripts' waits of a second, as there is a twentieth of their timeouts here. */
const PACE_MILLISECONDS = 50;

const SILENT_CONNECTIONS = 500;

/** An endless line has been refused long before so much of it was sent. */
const MAX_ENDLESS_BYTES = 4 * 1024 ** 2;

const CHUNKED_HEAD: Buffer = Buffer.from(
  "POST / HTTP/1.1\r\nHost: t.example\r\nTransfer-Encoding: chunked\r\n\r\n",
);

export async function play(each: Case, server: AttackedServer): Promise<Played> {
  const before = server.log.text.length;
  const own = OWN_PLAYS[each.id];
  if (own !== undefined) return own(each, server);
  const isTimed = each.script !== undefined;
  using client = await HostileClient.open(isTimed ? server.impatientPort : server.port);
  const methods = bytesOf(each).toString("latin1", 0, 5) === "HEAD " ? ["HEAD"] : [];
  await (DELIVERIES[each.id] ?? deliverWhole)(each, client, server);
  await client.answered(1, methods);
  if (each.half_close !== true) void client.send(LAST_REQUEST);
  await client.untilEnded();
  return await outcomeOf({ client, server, methods, before });
}

interface Ending {
  readonly client: HostileClient;
  readonly server: AttackedServer;
  readonly methods?: readonly string[];
  /** The length of the log before the attack. */
  readonly before: number;
}

async function outcomeOf({ client, server, methods = [], before }: Ending): Promise<Played> {
  const report = await server.report();
  const all = client.answers(methods);
  const finals = finalOnes(all);
  const sawLast = report.seen.at(-1)?.environ.PATH_INFO === "/last";
  client[Symbol.dispose]();
  await server.assertUnharmed(report);
  return {
    engine: server.engine,
    answers: sawLast ? finals.slice(0, -1) : finals,
    informational: all.filter(({ status }) => status < 200),
    seen: sawLast ? report.seen.slice(0, -1) : report.seen,
    last: sawLast ? finals.at(-1) : undefined,
    ended: client.ended,
    log: server.log.text.slice(before),
  };
}

async function deliverWhole(each: Case, client: HostileClient): Promise<void> {
  void client.send(bytesOf(each));
  if (each.half_close === true) client.finish();
}

type Delivery = (each: Case, client: HostileClient, server: AttackedServer) => Promise<void>;

/** Where a script waits for the server's timeout, an answer says that it has come. */
const DELIVERIES: Readonly<Record<string, Delivery>> = {
  "chunk-45": async (_each, client) => {
    const chunks = Buffer.from("1\r\nA\r\n".repeat(10_000));
    void client.send(CHUNKED_HEAD);
    for (let sent = 0; sent < 1_000_000; sent += 10_000) await client.send(chunks);
    void client.send(Buffer.from("0\r\n\r\n"));
  },
  "chunk-47": async (_each, client) => {
    void client.send(Buffer.concat([CHUNKED_HEAD, Buffer.from("5;")]));
    const piece = Buffer.alloc(16_384, "a");
    for (let sent = 0; client.bytesReceived === 0; sent += piece.length) {
      assert.ok(sent < MAX_ENDLESS_BYTES, `${sent} bytes of one line were taken`);
      await client.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  "exp-02": async (each, client) => {
    const [head, body] = sendsOf(each);
    void client.send(head ?? assert.fail());
    await client.until(() => client.bytesReceived > 0);
    void client.send(body ?? assert.fail());
  },
  "slow-01": async (each, client, server) => {
    const [start, ...letters] = sendsOf(each);
    void client.send(start ?? assert.fail());
    await server.behave({}); // others are served meanwhile
    for (let at = 0; client.bytesReceived === 0 && client.ended === undefined; at += 1) {
      // The pace is the attack; a field of any length goes on when its name is complete.
      await new Promise((resolve) => setTimeout(resolve, PACE_MILLISECONDS));
      void client.send(letters[at] ?? Buffer.from("x"));
    }
  },
  "slow-03": async (each, client, server) => {
    for (const bytes of sendsOf(each)) void client.send(bytes);
    // No worker is held: the only one there is answers others.
    await server.report();
  },
  "slow-09": async (each, client) => {
    const [head, body] = sendsOf(each);
    void client.send(head ?? assert.fail());
    await client.answered(1);
    void client.send(body ?? assert.fail());
  },
};

/** Attacks of more than one connection, or of a client that does not wait for its answer. */
const OWN_PLAYS: Readonly<Record<string, (each: Case, server: AttackedServer) => Promise<Played>>> =
  {
    "slow-05": async (_each, server) => {
      const before = server.log.text.length;
      const silent = await Promise.all(
        Array.from({ length: SILENT_CONNECTIONS }, () => HostileClient.open(server.impatientPort)),
      );
      const meanwhile = await ask(server.impatientPort, "POST", "/control/report");
      assert.equal(meanwhile.status, 200, "others are not served");
      for (const client of silent) {
        await client.untilEnded();
        assert.deepEqual([client.ended, client.bytesReceived], ["closed", 0]);
        client[Symbol.dispose]();
      }
      const [first] = silent;
      return outcomeOf({ client: first ?? assert.fail(), server, before });
    },
    "slow-07": async (each, server) => {
      const before = server.log.text.length;
      using rude = await HostileClient.open(server.port);
      for (const bytes of sendsOf(each)) await rude.send(bytes);
      rude.reset();
      using polite = await HostileClient.open(server.port);
      for (const bytes of sendsOf(each)) await polite.send(bytes);
      polite.finish();
      await polite.untilEnded();
      return outcomeOf({ client: polite, server, before });
    },
  };

/** What a script sends, in order, without its waits. */
function sendsOf(each: Case): readonly Buffer[] {
  // attacks.json, meta.fields: a list of {send_b64} and {wait_ms}.
  const steps = each.script as readonly { readonly send_b64?: string }[];
  return steps.flatMap(({ send_b64 }) =>
    send_b64 === undefined ? [] : [Buffer.from(send_b64, "base64")],
  );
}
