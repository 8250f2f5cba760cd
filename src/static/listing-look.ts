/** How a listing looks: its style and its icons, all in the page itself. */

import { createHash } from "node:crypto";

const DIRECTORY_ICON = icon(
  "<path fill='#e0a030' d='M1 4.5A1.5 1.5 0 0 1 2.5 3H6l1.5 2h6A1.5 1.5 0 0 1 15 6.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 1 12.5z'/>",
);
const FILE_ICON = icon(
  "<path fill='none' stroke='#8a93a0' stroke-width='1.2' stroke-linejoin='round' d='M3.5 1.6h6l3 3v9.8h-9zm6 0v3h3'/>",
);

/** For the tab: without one browsers ask for /favicon.ico, and complain that it is not there. */
export const PAGE_ICON: string = DIRECTORY_ICON;

/** No font is sure to have a picture of a directory, so these are drawn. */
function icon(shape: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${shape}</svg>`;
  return `data:image/svg+xml,${svg.replace(/[<>#]/g, encodeURIComponent).replaceAll(" ", "%20")}`;
}

export const STYLE: string = `
:root{color-scheme:light dark;--line:#8883;--dim:#5f6773;--link:#0b57d0}
@media (prefers-color-scheme:dark){:root{--dim:#9ca3af;--link:#8ab4f8}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.25rem;font-weight:600;padding:0 .5rem;overflow-wrap:anywhere;white-space:pre-wrap}
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:.4rem .5rem;border-bottom:1px solid var(--line)}
th{position:sticky;top:0;background:Canvas;font-weight:600}
tbody tr:hover{background:#8881}
td{color:var(--dim);font-variant-numeric:tabular-nums;white-space:nowrap}
th:nth-child(2),td:nth-child(2){text-align:right}
td:first-child{width:100%;overflow-wrap:anywhere;white-space:pre-wrap}
td a{display:block;padding-left:1.6em;background:url("${FILE_ICON}") 0 .2em/1.1em no-repeat}
.d a{background-image:url("${DIRECTORY_ICON}")}
p{color:var(--dim);padding:0 .5rem}
@media (max-width:34rem){
body{margin-top:1rem}
tr{display:grid;grid-template-columns:1fr auto auto}
table,tbody,thead{display:block}
thead{position:sticky;top:0}
td:first-child{width:auto;grid-column:1/-1;border:0;padding-bottom:0}
td:nth-child(2){text-align:left;grid-column:1;padding-left:2.5em}
td:last-child{grid-column:2/-1}
td:nth-child(n+2){font-size:.85em;padding-top:0}
}
`;

/** Nothing but this style and these icons: what a name smuggles into the page does nothing (CSP Level 3 §8.4). */
export const CONTENT_SECURITY_POLICY: string = [
  "default-src 'none'",
  "img-src data:",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
