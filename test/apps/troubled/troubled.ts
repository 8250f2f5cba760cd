/** The twin of troubled.py. */
import { createHash } from "node:crypto";
import { existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Application } from "portico";

const journal = openSync(process.env.CHAOS_JOURNAL ?? "", "a", 0o600);
const held: Buffer[] = [];

/** Longer than `--timeout`, in milliseconds. */
const TOO_LONG = 6_000;

if (existsSync("slow")) await pause(Number(readFileSync("slow", "utf8")) * 1000);
if (existsSync("broken")) throw new Error("broken on purpose");

const application: Application = async (environ, startResponse) => {
  const [, kind, name = ""] = environ.PATH_INFO.split("/");
  writeSync(journal, `${name}\n`);
  if (kind === "abort") process.abort();
  if (kind === "raise") throw new Error("on purpose");
  if (kind === "hog") held.push(Buffer.alloc(30_000_000, "x"));
  if (kind === "slow") await pause(50);
  if (kind === "late") await pause(TOO_LONG);
  if (kind === "stubborn") block(TOO_LONG);
  const isUpload = kind === "upload";
  const text = isUpload ? sha1(await environ["wsgi.input"].read()) : name;
  const pieces = Array.from({ length: kind === "large" ? 20_000 : 5 }, () =>
    Buffer.from(`${text}\n`),
  );
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["X-Name", name],
  ]);
  return kind === "stream" ? oneByOne(pieces) : [Buffer.concat(pieces)];
};

export default application;

/** Lets nothing else of this process run. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function sha1(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

async function* oneByOne(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    await pause(10);
    yield piece;
  }
}
