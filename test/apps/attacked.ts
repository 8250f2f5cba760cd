/**
 * Behaves as `POST /control/behave` tells it to, whatever is asked for afterwards, and keeps what it
 * saw of each request for `POST /control/report`.
 */

import { createReadStream, openSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Application,
  Environ,
  HeaderList,
  ResponseBody,
  StartResponse,
} from "../../src/wsgi/types.ts";

/** A special one by its name, or an answer in the words of as_told. */
export interface Behaviour {
  readonly special?: string;
  readonly status?: unknown;
  readonly headers?: readonly (readonly unknown[])[];
  readonly written?: readonly string[];
  readonly items?: readonly string[];
  readonly lazily?: boolean;
}

/** What one request looked like from here. */
export interface Seen {
  /** Those values of the environ that are text. */
  readonly environ: Readonly<Record<string, string>>;
  /** Whether nothing in it is left from an earlier request. */
  readonly isFresh: boolean;
}

export interface Report {
  readonly process: number;
  readonly seen: readonly Seen[];
}

const DELAY_MILLISECONDS = 300;
const OCTETS: HeaderList[number] = ["Content-Type", "application/octet-stream"];

const kept: Environ[] = [];
let behaviour: Behaviour = {};
let seen: Seen[] = [];

export const application: Application = async (environ, startResponse) => {
  switch (environ.PATH_INFO) {
    case "/control/behave":
      // What the test has sent.
      behaviour = JSON.parse((await bodyOf(environ)).toString()) as Behaviour;
      return answer(startResponse, Buffer.from("so be it"));
    case "/control/report": {
      const report: Report = { process: process.pid, seen };
      seen = [];
      return answer(startResponse, Buffer.from(JSON.stringify(report)));
    }
    default:
      seen.push(look(environ));
      return behave(environ, startResponse);
  }
};

function look(environ: Environ): Seen {
  const texts = Object.entries(environ).filter(([, value]) => typeof value === "string");
  const isFresh = environ["attacked.kept"] === undefined && !kept.includes(environ);
  return { environ: Object.fromEntries(texts) as Record<string, string>, isFresh };
}

async function behave(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
  const { special, status, headers, written, items, lazily } = behaviour;
  if (special !== undefined) return SPECIAL[special]?.(environ, startResponse) ?? [];
  if (behaviour.items === undefined && written === undefined) return echo(environ, startResponse);
  // The sins of JavaScript applications: nothing checks their types.
  const write = startResponse((status ?? "200 OK") as string, (headers ?? []) as HeaderList);
  for (const text of written ?? []) await write(Buffer.from(text, "latin1"));
  const chunks = (items ?? []).map((text) => Buffer.from(text, "latin1"));
  return lazily === true ? chunks.values() : chunks;
}

/** The path, a space and the body. */
async function echo(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
  const path = Buffer.from(`${environ.PATH_INFO} `, "latin1");
  return answer(startResponse, Buffer.concat([path, await bodyOf(environ)]));
}

function answer(startResponse: StartResponse, body: Buffer): ResponseBody {
  startResponse("200 OK", [OCTETS]);
  return [body];
}

async function bodyOf(environ: Environ): Promise<Buffer> {
  return Buffer.from(await environ["wsgi.input"].read());
}

const SPECIAL: Readonly<
  Record<string, (environ: Environ, startResponse: StartResponse) => Promise<ResponseBody>>
> = {
  "ignores the body": async (environ, startResponse) =>
    answer(startResponse, Buffer.from(`${environ.PATH_INFO} `, "latin1")),

  "is slow at first": async (environ, startResponse) => {
    if (environ.PATH_INFO === "/0") {
      await new Promise((resolve) => setTimeout(resolve, DELAY_MILLISECONDS));
    }
    return echo(environ, startResponse);
  },

  "status of bytes": async (_environ, startResponse) => {
    startResponse(Buffer.from("200 OK") as unknown as string, []);
    return [Buffer.from("x")];
  },

  "headers in a tuple": async (_environ, startResponse) => {
    startResponse("200 OK", new Set([["X", "y"]]) as unknown as HeaderList);
    return [Buffer.from("x")];
  },

  "headers in a dictionary": async (_environ, startResponse) => {
    startResponse("200 OK", { X: "y" } as unknown as HeaderList);
    return [Buffer.from("x")];
  },

  "never starts": async () => [Buffer.from("x")],

  "starts twice": async (_environ, startResponse) => {
    startResponse("200 OK", []);
    startResponse("200 OK", []);
    return [Buffer.from("x")];
  },

  "starts again when its head is out": async (_environ, startResponse) => {
    startResponse("200 OK", [OCTETS]);
    return (async function* () {
      yield Buffer.alloc(70_000, "x");
      startResponse("500 Too Late", [OCTETS], new Error("the head is out"));
      yield Buffer.from("never seen");
    })();
  },

  "fails at once": async () => {
    throw new Error("it fails at once");
  },

  "returns nothing": async () => undefined as unknown as ResponseBody,

  "returns a number": async (_environ, startResponse) => {
    startResponse("200 OK", []);
    return 5 as unknown as ResponseBody;
  },

  "sends a file from its middle": async (_environ, startResponse) => {
    const path = join(tmpdir(), `portico-attacked-${process.pid}`);
    writeFileSync(path, "0123456789");
    const fd = openSync(path, "r");
    unlinkSync(path);
    startResponse("200 OK", [OCTETS]);
    return createReadStream(path, { fd, start: 5 });
  },

  "reads past the end": async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    const parts = [await input.read(), await input.read(), await input.read(10)];
    parts.push(await input.readline());
    return answer(
      startResponse,
      Buffer.from(JSON.stringify(parts.map((part) => Buffer.from(part).toString("latin1")))),
    );
  },

  "keeps its environ": async (environ, startResponse) => {
    environ["attacked.kept"] = 1;
    environ.HTTP_KEPT = "kept";
    kept.push(environ);
    return echo(environ, startResponse);
  },
};
