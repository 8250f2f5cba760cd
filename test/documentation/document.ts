/** A document's fenced blocks, and the examples that they make. */
import { DocumentError, type Exchange, parseExchanges } from "./exchanges.ts";

export interface Block {
  readonly language: string;
  readonly text: string;
  /** Of the first line of the text, from 1. */
  readonly line: number;
  readonly heading: string;
}

/** A module, the files beside it, and what it is asked and answers. */
export interface Example {
  /** As `docs/toolkit.md`. */
  readonly document: string;
  readonly code: Block;
  /** By name: every file that the document shows, as it was last shown before this example ends. */
  readonly files: ReadonlyMap<string, string>;
  /** Those of each `http` block, which are one client's. */
  readonly visits: readonly (readonly Exchange[])[];
}

const HEADING = /^#{1,6} (.*)$/;
const FENCE = /^```(.*)$/;
/** `# shop.py` or `<!-- page.html -->` as the first line of a block. */
const FILE_NAME = /^(?:#|<!--) ([\w./-]+\.\w+)(?: -->)?$/;

/** @throws {DocumentError} a block has no end */
export function readBlocks(document: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let open: { language: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const [, language] = FENCE.exec(line) ?? [];
    if (open === undefined) {
      heading = HEADING.exec(line)?.[1] ?? heading;
      if (language !== undefined) open = { language, lines: [], line: index + 2 };
    } else if (language === "") {
      const { lines, ...begun } = open;
      blocks.push({ ...begun, text: `${lines.join("\n")}\n`, heading });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== undefined) throw new DocumentError(document, open.line, "the block does not end");
  return blocks;
}

/** @throws {DocumentError} an `http` block asks nobody, or is not written as one */
export function examplesIn(document: string, markdown: string): Example[] {
  const blocks = readBlocks(document, markdown);
  const begins = blocks.flatMap(({ language }, at) => (language === "ts" ? [at] : []));
  const stray = blocks.slice(0, begins[0] ?? blocks.length).find(isHttp);
  if (stray !== undefined) throw new DocumentError(document, stray.line, "no ts block is above it");
  return begins.flatMap((begin, index) => {
    const end = begins[index + 1] ?? blocks.length;
    const code = blocks[begin];
    if (code === undefined) return [];
    const visits = blocks.slice(begin, end).filter(isHttp);
    return {
      document,
      code,
      files: filesFor(blocks, end),
      visits: visits.map(({ text, line }) => parseExchanges(document, text, line)),
    };
  });
}

function isHttp({ language }: Block): boolean {
  return language === "http";
}

/** The nearest above is taken of several with one name, else the nearest below. */
function filesFor(blocks: readonly Block[], end: number): ReadonlyMap<string, string> {
  const nearestLast = [...blocks.slice(end).reverse(), ...blocks.slice(0, end)];
  return new Map(
    nearestLast.flatMap(({ language, text }): [string, string][] => {
      const [, name] = FILE_NAME.exec(text.split("\n", 1)[0] ?? "") ?? [];
      return name === undefined || language === "ts" ? [] : [[name, text]];
    }),
  );
}
