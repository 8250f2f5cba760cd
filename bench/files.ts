/** The files that servers of files are asked for. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Exchange } from "../peers/exchange.ts";

const KILOBYTE = Buffer.from(
  "The quick brown fox jumps over the lazy dog 0123456789 times.\r\n\n".repeat(16),
);

/** How many kilobytes each has. */
const SIZES = { "1k.txt": 1, "100k.txt": 100, "10m.txt": 10_240 };

export type FileName = keyof typeof SIZES;

export function fileExchange(name: FileName): Exchange {
  return { path: `/${name}`, body: { piece: KILOBYTE, times: SIZES[name] } };
}

/** Where they are, below a directory that whoever made it removes. */
export function folderOfFiles(scratch: string): string {
  return join(scratch, "files");
}

export function writeFiles(scratch: string): void {
  mkdirSync(folderOfFiles(scratch));
  for (const [name, kilobytes] of Object.entries(SIZES)) {
    writeFileSync(
      join(folderOfFiles(scratch), name),
      Buffer.alloc(kilobytes * KILOBYTE.length, KILOBYTE),
    );
  }
}
