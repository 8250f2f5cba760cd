/**
 * Whatever else is asked on the same connection, and on others, each answer is to its own request:
 * what is compared and reused on a request's way (heads, fields, environs, pieces) is never another's.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { type Answer, ClientConnection, requestBytes } from "../../src/client/client-connection.ts";
import { type FieldList, fieldValue } from "../../src/client/field-list.ts";
import type { PythonOptions } from "../../src/engines/cpython/python-options.ts";
import { decodePath } from "../../src/wsgi/native-string.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as mirror } from "../apps/mirror.ts";
import { Random } from "../fuzz/random.ts";
import { lazyPython } from "../support/lazy-python.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { chunked, octets } from "../support/request-body.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";

const CONNECTIONS = 16;
const BATCHES = 12;
const MOST_PIPELINED = 8;

/** On both sides of where something is done in another way. */
const SIZES = [0, 1, 2048, 4096, 8192, 16_384, 65_536, 131_072, 262_144, 1_048_576];

const BYTES = randomBytes(1_048_577);

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly fields: FieldList;
  /** Its body. */
  readonly sent: Buffer;
  /** As it crosses. */
  readonly bytes: Buffer;
}

const directory = join(repositoryRoot, "test", "apps");

function mirrorInPython(options: PythonOptions): (log: KeptLog) => Application {
  return ({ logger }) => lazyPython("mirror.py", { directory, log: logger, ...options });
}

const APPLICATIONS: Readonly<Record<string, (log: KeptLog) => Application>> = {
  "in TypeScript": () => mirror,
  "in Python": mirrorInPython({}),
  "in Python, of 8 threads in 2 workers": mirrorInPython({ workers: 2, threads: 8 }),
};

for (const [name, make] of Object.entries(APPLICATIONS)) {
  test(`each answer is to its own request, of an application ${name}`, async () => {
    const seed = randomBytes(4).readInt32LE();
    const log = new KeptLog();
    // A client that waits for its turn on a busy machine is none that has left.
    await using served = await serveApplication(
      make(log),
      { timeouts: { keepAlive: 60_000 } },
      log,
    );
    const clients = Array.from({ length: CONNECTIONS }, (_, index) =>
      converse(served.port, new Random(seed + index)),
    );
    for (const settled of await Promise.allSettled(clients)) {
      if (settled.status === "rejected") throw new Error(`seed ${seed}: ${settled.reason}`);
    }
  });
}

/** Asks again and again on one connection, as a browser does and as a proxy of many browsers does. */
async function converse(port: number, random: Random): Promise<void> {
  using client = await ClientConnection.open(port);
  const visitors = [fieldsOf(random), fieldsOf(random)];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    if (random.oneIn(3)) visitors[0] = fieldsOf(random);
    const asked = Array.from({ length: 1 + random.below(MOST_PIPELINED) }, () =>
      ask(random, random.pick(visitors)),
    );
    if (random.oneIn(3)) asked.push(...asked.filter(({ sent }) => sent.length === 0));
    const bytes = Buffer.concat(asked.map((each) => each.bytes));
    const cut = random.below(bytes.length);
    client.send(bytes.subarray(0, cut));
    client.send(bytes.subarray(cut));
    for (const each of asked) check(await client.answer(each.method), each);
  }
}

/** What one visitor sends with each request. */
function fieldsOf(random: Random): FieldList {
  const fields: [string, string][] = [
    ["Host", "mirror"],
    ["Cookie", `session=${random.visible(40)}`],
  ];
  if (random.oneIn(2)) fields.push(["X-Forwarded-For", `192.0.2.${random.below(256)}`]);
  if (random.oneIn(2)) fields.push(["X-Any%", `\xe9${random.visible(3000)}\xff`]);
  for (let more = random.below(10); more > 0; more -= 1)
    fields.push([`X-${more}`, random.visible(20)]);
  return fields;
}

function ask(random: Random, common: FieldList): Asked {
  const method = random.pick(["GET", "GET", "HEAD", "POST"]);
  const isOld = random.oneIn(5);
  // A body without a length would end the connection of an HTTP/1.0 client.
  const forms = isOld ? ["length"] : ["whole", "whole", "length", "pieces", "lazily"];
  const path = random.pick(["/", "/a", "/%00", "/%e9%25%00"]);
  const status = random.pick([200, 200, 200, 204, 304]);
  const target = `${path}?${status},${random.pick(forms)},${sizeOf(random)}`;
  const sent = method === "POST" ? BYTES.subarray(0, sizeOf(random)) : Buffer.alloc(0);
  const isChunked = !isOld && random.oneIn(3);
  const body = isChunked ? chunked(sent, 1 + (sizeOf(random) >> 2)) : octets(sent);
  const fields = [
    ...common,
    ...(isOld ? [["Connection", "keep-alive"] as const] : []),
    ...(method === "POST" ? body.fields : []),
  ];
  const version = isOld ? "HTTP/1.0" : "HTTP/1.1";
  const bytes = method === "POST" ? body.bytes : sent;
  return {
    method,
    target,
    fields,
    sent,
    bytes: requestBytes(method, target, { version, fields, body: bytes }),
  };
}

/** Seldom so much that the test takes long. */
function sizeOf(random: Random): number {
  const most = random.oneIn(8) ? SIZES.length : 4;
  return Math.max(0, (SIZES[random.below(most)] ?? 0) + random.below(3) - 1);
}

function check(answer: Answer, asked: Asked): void {
  const [, status = "", form = "", padding = ""] = /\?(.*),(.*),(.*)$/.exec(asked.target) ?? [];
  const body = mirrored(asked) + ".".repeat(Number(padding));
  const hasBody = asked.method !== "HEAD" && status === "200";
  assert.equal(answer.status, Number(status), `${form} of ${asked.target}`);
  assert.equal(answer.body.toString("latin1"), hasBody ? body : "");
  assert.ok(answer.isWhole);
  const cookie = asked.fields.find(([name]) => name === "Cookie")?.[1];
  assert.equal(fieldValue(answer.fields, "set-cookie"), cookie);
  const length = fieldValue(answer.fields, "content-length");
  if (status === "200" && length !== undefined) assert.equal(length, String(body.length));
  assert.equal(fieldValue(answer.fields, "x-late"), undefined);
  const isOld = asked.fields.some(([name]) => name === "Connection");
  assert.equal(fieldValue(answer.fields, "connection"), isOld ? "keep-alive" : undefined);
}

/** What the application answers to it, without the padding. */
function mirrored({ method, target, fields, sent }: Asked): string {
  const shown = fields
    .filter(([name]) => name !== "Content-Length" && name !== "Transfer-Encoding")
    .map(([name, value]) => `${metaVariable(name)}=${value}`);
  const lines = [
    ...shown,
    `PATH_INFO=${decodePath(target.slice(0, target.indexOf("?")))}`,
    `REMOTE_ADDR=${fieldValue(fields, "x-forwarded-for") ?? "127.0.0.1"}`,
    `REQUEST_METHOD=${method}`,
    `REQUEST_URI=${target}`,
  ];
  const digest = createHash("sha256").update(sent).digest("hex");
  return [...lines.sort(), `${sent.length} ${digest}`].join("\n");
}

function metaVariable(name: string): string {
  const capital = name.toUpperCase().replaceAll("-", "_");
  return name === "Content-Type" ? capital : `HTTP_${capital}`;
}
