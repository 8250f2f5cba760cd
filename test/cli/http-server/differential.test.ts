/** The same requests to Python's `http.server` and to Portico's: each difference is explained, or a fault. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ClientConnection, ConnectionEnded } from "../../../src/client/client-connection.ts";
import type { Folder } from "../../static/served.ts";
import { DIFFERENCES, type Difference } from "./differences.ts";
import { makeFolder, REQUESTS } from "./requests.ts";
import { serveFolder, servePython } from "./servers.ts";

/** What of an answer is compared, each part with its value. */
type Aspects = ReadonlyMap<string, string>;

/** The same moment is not the same second. */
const NOT_COMPARED: ReadonlySet<string> = new Set(["date"]);

interface Served {
  readonly port: number;
  readonly run: AsyncDisposable;
}

describe("portico http.server", () => {
  let folder: Folder;
  let python: Served;
  let portico: Served;
  const used = new Set<Difference>();

  before(async () => {
    folder = makeFolder();
    const args = ["0", "--bind", "127.0.0.1", "--directory", folder.path];
    [python, portico] = await Promise.all([
      servePython(args),
      serveFolder(["http.server", ...args]),
    ]);
  });

  after(async () => {
    await Promise.all([python.run, portico.run].map((run) => run[Symbol.asyncDispose]()));
    folder[Symbol.dispose]();
  });

  for (const [name, bytes] of Object.entries(REQUESTS)) {
    test(`answers ${name} as Python does, but for what is explained`, async () => {
      const [theirs, ours] = await Promise.all([
        aspects(python.port, bytes),
        aspects(portico.port, bytes),
      ]);
      const found = differing(theirs, ours);
      const rows = found.map((difference) => rowFor(name, difference));
      for (const row of rows) if (row !== undefined) used.add(row);
      assert.deepEqual(
        found.filter((_, at) => rows[at] === undefined),
        [],
        "each difference is explained",
      );
      const named = DIFFERENCES.filter(({ to }) => to?.includes(name) === true);
      assert.deepEqual(
        named.filter((row) => !rows.includes(row)),
        [],
        "each explanation is of a difference",
      );
    });
  }

  test("has no explanation of what is no difference", () => {
    assert.deepEqual(
      DIFFERENCES.filter((row) => !used.has(row)),
      [],
    );
  });
});

interface Found {
  readonly of: string;
  readonly python: string;
  readonly portico: string;
}

/** Where the status differs, the rest does for that reason. */
function differing(theirs: Aspects, ours: Aspects): readonly Found[] {
  const found = [...new Set([...theirs.keys(), ...ours.keys()])]
    .map((of) => ({ of, python: theirs.get(of) ?? "none", portico: ours.get(of) ?? "none" }))
    .filter(({ python, portico }) => python !== portico);
  const status = found.find(({ of }) => of === "status");
  return status === undefined ? found : [status];
}

function rowFor(request: string, { of, python, portico }: Found): Difference | undefined {
  return DIFFERENCES.find((row) => {
    if (row.of !== of || row.to?.includes(request) === false) return false;
    return of !== "status" || (row.python === python && row.portico === portico);
  });
}

async function aspects(port: number, bytes: Buffer): Promise<Aspects> {
  using client = await ClientConnection.open(port);
  client.send(bytes);
  const method = bytes.subarray(0, 5).equals(Buffer.from("HEAD ")) ? "HEAD" : "GET";
  try {
    const { version, status, fields, body, isWhole } = await client.answer(method);
    const compared = fields
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !NOT_COMPARED.has(name));
    return new Map([
      ...compared,
      ["version", version],
      ["status", String(status)],
      ["body", body.toString("latin1")],
      ["end of the body", isWhole ? "there" : "missing"],
    ]);
  } catch (error) {
    // An answer of HTTP/0.9, or none.
    if (!(error instanceof ConnectionEnded)) throw error;
    const { bytes: all } = await client.rest();
    return new Map([
      ["status", "none"],
      ["body", all.toString("latin1")],
    ]);
  }
}
