/** A directory's entries as a page for people and as JSON for programs, in pieces that can be sent on. */

import { nearestDatable } from "../http/date.ts";
import { escapedHtml } from "../wsgi/escaped-html.ts";
import { type ListedEntry, NAMES_PER_TURN, SORT_KEYS, type SortOrder } from "./listing-entries.ts";
import { PAGE_ICON, STYLE } from "./listing-look.ts";

export interface ListingView {
  /** For people, from the server's root on: `/photos/2026/`. */
  readonly path: string;
  /** How many directories are above it that may be gone to. */
  readonly depth: number;
  readonly order: SortOrder;
  readonly entries: readonly ListedEntry[];
}

export function* pageParts(view: ListingView): Generator<string> {
  const { path, entries, order } = view;
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Index of ${escapedHtml(visible(path))}</title>
<link rel="icon" href="${PAGE_ICON}">
<style>${STYLE}</style>
</head>
<body>
<h1>${breadcrumb(view)}</h1>
<table>
<thead><tr>${SORT_KEYS.map((key) => columnHead(key, order)).join("")}</tr></thead>
<tbody>
${view.depth > 0 ? `<tr><td class="d"><a href="../${queryOf(order)}">..</a></td><td></td><td></td></tr>\n` : ""}`;
  const query = queryOf(order);
  for (const rows of inPieces(entries)) yield rows.map((entry) => row(entry, query)).join("");
  yield `</tbody>
</table>
<p>${summary(entries)}</p>
</body>
</html>
`;
}

export function* jsonParts({ path, entries }: ListingView): Generator<string> {
  yield `{"path":${JSON.stringify(path)},"entries":[`;
  let separator = "\n";
  for (const some of inPieces(entries)) {
    yield some
      .map((entry) => {
        const text = `${separator}${JSON.stringify(jsonEntry(entry))}`;
        separator = ",\n";
        return text;
      })
      .join("");
  }
  yield "\n]}\n";
}

function jsonEntry({ name, href, isDirectory, size, modified }: ListedEntry): object {
  return {
    ...{ name, href, type: isDirectory ? "directory" : "file" },
    ...(size !== undefined && { size }),
    modified: isoTime(modified),
  };
}

function* inPieces(entries: readonly ListedEntry[]): Generator<readonly ListedEntry[]> {
  for (let at = 0; at < entries.length; at += NAMES_PER_TURN) {
    yield entries.slice(at, at + NAMES_PER_TURN);
  }
}

/** Each directory on the way leads to itself. */
function breadcrumb({ path, depth, order }: ListingView): string {
  const segments = path.split("/").slice(1, -1);
  const root = depth >= segments.length ? upwards(segments.length, "/", order) : "/";
  const others = segments.map((segment, at) => {
    const up = segments.length - 1 - at;
    const name = isolated(segment);
    return up === 0 || up > depth ? `${name}/` : upwards(up, `${name}/`, order);
  });
  return `${root}${others.join("")}`;
}

/** `content` is HTML. */
function upwards(levels: number, content: string, order: SortOrder): string {
  const href = levels === 0 ? "./" : "../".repeat(levels);
  return `<a href="${href}${queryOf(order)}">${content}</a>`;
}

const TITLES: Readonly<Record<SortOrder["by"], string>> = {
  name: "Name",
  size: "Size",
  date: "Modified (UTC)",
};

/** A second click turns the order round. */
function columnHead(key: SortOrder["by"], { by, isDescending }: SortOrder): string {
  const isThis = key === by;
  const next = queryOf({ by: key, isDescending: isThis && !isDescending }) || "./";
  const sorted = isThis ? ` aria-sort="${isDescending ? "descending" : "ascending"}"` : "";
  const arrow = isThis ? (isDescending ? " \u2193" : " \u2191") : "";
  return `<th scope="col"${sorted}><a href="${next}">${TITLES[key]}</a>${arrow}</th>`;
}

/** Empty for the order that there is without one. */
function queryOf({ by, isDescending }: SortOrder): string {
  if (by === "name" && !isDescending) return "";
  return `?sort=${by}${isDescending ? "&amp;order=desc" : ""}`;
}

function row({ name, href, isDirectory, size, modified }: ListedEntry, query: string): string {
  const target = `${escapedHtml(href)}${isDirectory ? query : ""}`;
  const link = `<a href="${target}">${isolated(name)}${isDirectory ? "/" : ""}</a>`;
  const bytes = size === undefined ? "" : ` title="${size} bytes"`;
  const time = isoTime(modified);
  const shown = `${time.slice(0, 10)} ${time.slice(11, 16)}`;
  return `<tr><td class="${isDirectory ? "d" : "f"}">${link}</td><td${bytes}>${size === undefined ? "" : sizeText(size)}</td><td><time datetime="${time}">${shown}</time></td></tr>\n`;
}

function isoTime(milliseconds: number): string {
  return new Date(nearestDatable(milliseconds)).toISOString();
}

function summary(entries: readonly ListedEntry[]): string {
  const directories = entries.filter(({ isDirectory }) => isDirectory).length;
  const files = entries.length - directories;
  const bytes = entries.reduce((sum, { size = 0 }) => sum + size, 0);
  const counts: string[] = [];
  if (directories > 0) counts.push(counted(directories, "directory", "directories"));
  if (files > 0) counts.push(counted(files, "file", "files"), sizeText(bytes));
  return counts.join(", ") || "Nothing is in this directory";
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

/** In powers of 1000, as disks are sold, with two digits at least: `1.4 MB`, `12 KB`. */
function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}

/** A name whose direction is its own affair: the text around it keeps its order (HTML Standard §4.5.24). */
function isolated(name: string): string {
  return `<bdi>${escapedHtml(visible(name))}</bdi>`;
}

/** C1 controls, line separators, and what turns the text behind it round, so that `exe.txt` could end in exe. */
const UNSEEN = /[\x80-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Control characters as the pictures that Unicode has of them, others as U+FFFD: a name has one line. */
function visible(text: string): string {
  return text
    .replace(UNSEEN, "\ufffd")
    .replace(/[\x00-\x1f\x7f]/g, (character) =>
      character === "\x7f" ? "\u2421" : String.fromCharCode(0x2400 + character.charCodeAt(0)),
    );
}
