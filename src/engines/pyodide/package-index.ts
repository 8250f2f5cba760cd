/** Finds one wheel in a package index by its name: PEP 691 (JSON), or PEP 503 (HTML). */
import { createHash } from "node:crypto";
import { codeOf } from "../../buffers/system-error.ts";
import { LoadError } from "../errors.ts";

const PYPI = "https://pypi.org/simple";
const ACCEPTED =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/** What the answer of PEP 691 has of a file. */
interface IndexedFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: { readonly sha256?: string };
}

/**
 * Where packages come from, without a slash at its end.
 * @throws {LoadError} it cannot be asked from here
 */
export function indexOf(env: Readonly<Record<string, string>>): string {
  const text = env.PIP_INDEX_URL || PYPI;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new LoadError("PIP_INDEX_URL is no http or https URL", 2);
  }
  // `fetch` refuses such a URL, and an error of its own would show the password.
  if (new URL(text).username !== "") {
    throw new LoadError("PIP_INDEX_URL has a password in it, which Pyodide cannot use", 2);
  }
  return text.replace(/\/+$/, "");
}

/** @throws {LoadError} the index cannot be reached, or does not have it */
export async function fetchWheel(
  index: string,
  project: string,
  filename: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const page = `${index}/${project}/`;
  const listing = await get(page, ACCEPTED, signal);
  const isJson = listing.headers.get("content-type")?.includes("json") === true;
  const text = await listing.text();
  const file = isJson ? inJson(text, filename) : inHtml(text, filename);
  if (file === undefined) throw new LoadError(`${page} has no ${filename}`, 1);
  const answer = await get(new URL(file.url, listing.url).href, "*/*", signal);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const { sha256 } = file.hashes;
  if (sha256 !== undefined && createHash("sha256").update(bytes).digest("hex") !== sha256) {
    throw new LoadError(`${file.url} is not what ${page} says it is: its SHA-256 differs`, 1);
  }
  return bytes;
}

async function get(url: string, accept: string, signal: AbortSignal): Promise<Response> {
  try {
    const answer = await fetch(url, { headers: { accept }, signal });
    if (answer.ok) return answer;
    throw new LoadError(`${url} answered ${answer.status}; is PIP_INDEX_URL right?`, 1);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(
      `${url} cannot be reached (${reasonOf(error)}); packages are installed once, with a network, or from PIP_INDEX_URL`,
      1,
    );
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  // Where several addresses were tried, there is a code and no message.
  return cause.message || codeOf(cause) || cause.name;
}

function inJson(text: string, filename: string): IndexedFile | undefined {
  // PEP 691 says so.
  const { files } = JSON.parse(text) as { readonly files: readonly IndexedFile[] };
  return files.find((file) => file.filename === filename);
}

/** An anchor's text is the file's name, and the fragment of its address the hash. */
function inHtml(text: string, filename: string): IndexedFile | undefined {
  for (const [, url = "", name] of text.matchAll(/<a\s[^>]*?href="([^"]*)"[^>]*>([^<]*)<\/a>/g)) {
    if (name?.trim() !== filename) continue;
    const sha256 = /#sha256=([\da-f]{64})/.exec(url)?.[1];
    return { filename, url, hashes: sha256 === undefined ? {} : { sha256 } };
  }
  return undefined;
}
