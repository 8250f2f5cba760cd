/**
 * Reads test/corpus/http. A case is a heading, a block with the bytes (line ends of the block
 * aside, `\r`, `\n`, `\t`, `\\` and `\xHH` stand for theirs) and a block with what they lead to.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface CorpusCase {
  readonly title: string;
  readonly bytes: Buffer;
  readonly expected: string;
}

export interface CorpusFile {
  readonly file: string;
  /** How many cases it begins; more than `cases` if one of them is not written as it should be. */
  readonly headings: number;
  readonly cases: readonly CorpusCase[];
}

export const CORPUS_KINDS = ["valid", "invalid"] as const;

const folder = fileURLToPath(new URL("../../../test/corpus/http/", import.meta.url));
const CASE = /^## (.+)\n\n(?:.+\n\n)?```http\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```$/gm;
const ESCAPE = /\\(?:x([0-9a-f]{2})|([rnt\\]))/g;
const ESCAPED: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t" };

export function readCorpus(kind: (typeof CORPUS_KINDS)[number]): CorpusFile[] {
  return readdirSync(folder + kind).map((file) => {
    const text = readFileSync(`${folder}${kind}/${file}`, "utf8");
    const cases = [...text.matchAll(CASE)].map(([, title = "", request = "", expected = ""]) => ({
      title,
      bytes: bytesOf(request),
      expected,
    }));
    return { file, headings: text.match(/^## /gm)?.length ?? 0, cases };
  });
}

function bytesOf(block: string): Buffer {
  const text = block
    .replaceAll("\n", "")
    .replace(ESCAPE, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (ESCAPED[letter] ?? letter) : String.fromCharCode(parseInt(hex, 16)),
    );
  return Buffer.from(text, "latin1");
}
