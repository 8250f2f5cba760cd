/** A directory's entries as a page for people and as JSON for programs, in pieces that can be sent on. */

import { createHash } from "node:crypto";
import { nearestDatable } from "../http/date.ts";
import { escapedHtml } from "../wsgi/escaped-html.ts";
import { type ListedEntry, NAMES_PER_TURN, SORT_KEYS, type SortOrder } from "./listing-entries.ts";

export interface ListingView {
  /** For people, from the server's root on: `/photos/2026/`. */
  readonly path: string;
  /** How many directories are above it that may be gone to. */
  readonly depth: number;
  readonly order: SortOrder;
  readonly entries: readonly ListedEntry[];
}

const STYLE = `
:root{color-scheme:light dark;--line:#8883;--dim:#6b7280;--link:#0b57d0}
@media (prefers-color-scheme:dark){:root{--dim:#9ca3af;--link:#8ab4f8}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid var(--line)}
td:first-child{overflow-wrap:anywhere;white-space:pre-wrap}
th:nth-child(2),td:nth-child(2){text-align:right;white-space:nowrap}
td:nth-child(n+2),p{color:var(--dim);font-variant-numeric:tabular-nums}
th:last-child,td:last-child{white-space:nowrap}
.d::before{content:"\\1F4C1\\00A0"}.f::before{content:"\\1F4C4\\00A0"}
@media (max-width:34rem){th:last-child,td:last-child{display:none}}
`;

/** Nothing but this style: what a name smuggles into the page does nothing (CSP Level 3 §8.4). */
export const CONTENT_SECURITY_POLICY: string = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export function* pageParts(view: ListingView): Generator<string> {
  const { path, entries, order } = view;
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapedHtml(visible(path))}</title>
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
    const name = `${visible(segment)}/`;
    return up === 0 || up > depth ? escapedHtml(name) : upwards(up, name, order);
  });
  return `${root}${others.map((other) => `<bdi>${other}</bdi>`).join("")}`;
}

function upwards(levels: number, name: string, order: SortOrder): string {
  const href = levels === 0 ? "./" : "../".repeat(levels);
  return `<a href="${href}${queryOf(order)}">${escapedHtml(name)}</a>`;
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
  const link = `<a href="${target}"><bdi>${escapedHtml(visible(name))}${isDirectory ? "/" : ""}</bdi></a>`;
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
  const bytes = entries.reduce((sum, { size = 0 }) => sum + size, 0);
  const counts = [counted(directories, "directory", "directories")];
  counts.push(counted(entries.length - directories, "file", "files"), sizeText(bytes));
  return counts.join(", ");
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

/** Control characters as the pictures that Unicode has of them: a name has one line. */
function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, (character) =>
    character === "\x7f" ? "\u2421" : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
}
