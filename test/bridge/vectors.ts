/** The frames of spec/vectors, which the Python tests read too. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Frame, FrameType } from "../../src/bridge/frames.ts";
import { repositoryRoot } from "../support/python-environment.ts";

export interface Vector {
  readonly meaning: string;
  readonly frame: Frame;
  readonly bytes: Buffer;
}

const LINE = /^(\w+) (\d+) (\d+) "(.*)" => ([0-9a-f]+)$/;

export function readVectors(): readonly Vector[] {
  const folder = join(repositoryRoot, "spec", "vectors");
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return files.sort().flatMap((name) => parse(readFileSync(join(folder, name), "ascii")));
}

function parse(text: string): Vector[] {
  let meaning = "";
  const vectors: Vector[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) meaning = line.slice(2);
    else if (line !== "") vectors.push(parseLine(meaning, line));
  }
  return vectors;
}

function parseLine(meaning: string, line: string): Vector {
  const [, kind, flags, stream, payload = "", hex = ""] = LINE.exec(line) ?? [];
  const type = Object.entries(FrameType).find(([name]) => name === kind)?.[1];
  if (type === undefined) throw new Error(`not a vector: ${line}`);
  const frame = {
    type,
    flags: Number(flags),
    streamId: Number(stream),
    payload: Buffer.from(unescaped(payload), "latin1"),
  };
  return { meaning, frame, bytes: Buffer.from(hex, "hex") };
}

function unescaped(text: string): string {
  return text.replace(/\\(?:\\|x([0-9a-f]{2}))/g, (_, code: string | undefined) =>
    code === undefined ? "\\" : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
