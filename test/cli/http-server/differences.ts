/**
 * In what `portico http.server` differs from `python3 -m http.server`, and why. The test compares all
 * answers and finds no other difference; docs/http-server.md is made from this.
 */

export interface Difference {
  /** What of an answer: its status, its body, or a field by its name in small letters. A status tells of the whole answer. */
  readonly of: string;
  /** To what, in words. */
  readonly at: string;
  /** The requests that each show it; if not given, those that do are not worth a list. */
  readonly to?: readonly string[];
  /** What Python does; of a status, the status itself, or `none`. */
  readonly python: string;
  readonly portico: string;
  readonly because: string;
}

const TEXTS = [
  ...["a file", "a file, over HTTP/1.0", "a file's head", "an empty file", "a file, with a query"],
  ...[
    "a file, by an escaped name",
    "a file with a strange name",
    "a page",
    "a page, gzip accepted",
  ],
  ...["a script", "a style sheet", "a Markdown file", "a directory with an index"],
  ...["a directory with index.htm", "a link within the directory", "an escaped slash"],
  ...["modified since", "modified since no date"],
];

const REDIRECTS = [
  ...["a directory without its slash", "a directory without its slash, with a query"],
  "a bare directory without its slash",
];

const LISTINGS = ["a bare directory", "the root"];

const ERRORS = [
  ...["nothing", "no directory", "a file with a slash behind it", "bytes that are no UTF-8"],
  ...["a way out", "a way out, escaped", "a way out, with an escaped slash"],
  ...["a way out, with a backslash", "a way out, escaped twice"],
];

/** The head of an answer alone. */
const HEADS = { error: "nothing's head", listing: "a bare directory's head" };

export const DIFFERENCES: readonly Difference[] = [
  {
    of: "status",
    at: "a name that begins with a dot",
    to: ["a dotfile"],
    python: "200",
    portico: "404",
    because: "Such files hold passwords and histories; `--dotfiles` serves them",
  },
  {
    of: "status",
    at: "the name of another site, while only this machine is served",
    to: ["another site's name"],
    python: "200",
    portico: "421",
    because:
      "A page can have its own name lead to 127.0.0.1, and would read the folder (DNS rebinding)",
  },
  {
    of: "status",
    at: "a symbolic link that leads out of the folder",
    to: ["a link out of the directory", "a directory's link out of the directory"],
    python: "200",
    portico: "404",
    because: "Who serves a folder does not mean to serve what it leads to",
  },
  {
    of: "status",
    at: "`.`, `..` and empty segments that stay within the folder",
    to: ["a way down and up", "a dot", "two slashes at the start", "two slashes on the way"],
    python: "200",
    portico: "404",
    because: "A file has one path, for caches and for who guards paths; browsers send no other",
  },
  {
    of: "status",
    at: "NUL in a path",
    to: ["a NUL"],
    python: "none",
    portico: "404",
    because: "Python closes the connection without an answer, after a traceback in its log",
  },
  {
    of: "status",
    at: "a URL in place of a path",
    to: ["an absolute form"],
    python: "404",
    portico: "200",
    because: "RFC 9112 §3.2.2: a server must accept it",
  },
  {
    of: "status",
    at: "other methods than GET and HEAD",
    to: ["a POST", "a PUT", "a DELETE", "an OPTIONS", "a method in small letters"],
    python: "501",
    portico: "405",
    because: "RFC 9110 §15.5.6: it is the file that does not have them; `Allow` says which it has",
  },
  {
    of: "status",
    at: "`If-None-Match` with the file's tag",
    to: ["any tag"],
    python: "200",
    portico: "304",
    because: "RFC 9110 §13.1.2: what the browser has need not come again",
  },
  {
    of: "status",
    at: "`Range`",
    to: ["the first bytes", "the last bytes", "two ranges"],
    python: "200",
    portico: "206",
    because: "RFC 9110 §14: videos are sought in, downloads continued",
  },
  {
    of: "status",
    at: "`Range` behind the file's end",
    to: ["no range that there is"],
    python: "200",
    portico: "416",
    because: "RFC 9110 §15.5.17",
  },
  {
    of: "status",
    at: "a fragment in the path, no `Host`, a field without a colon",
    to: ["a file, with a fragment", "no Host", "a field without a colon"],
    python: "200",
    portico: "400",
    because: "RFC 9112: what two parsers read in two ways hides requests ([http.md](http.md))",
  },
  {
    of: "status",
    at: "a version there is not in HTTP/1",
    to: ["HTTP/2.0"],
    python: "none",
    portico: "505",
    because: "Python's answer is a page without a status line, as in HTTP/0.9",
  },
  {
    of: "status",
    at: "what is no request line",
    to: ["no request line"],
    python: "none",
    portico: "400",
    because: "The same",
  },
  {
    of: "status",
    at: "a request of HTTP/0.9",
    to: ["HTTP/0.9"],
    python: "none",
    portico: "400",
    because: "RFC 9112 has no requests without a version; Python answers with the file alone",
  },
  {
    of: "version",
    at: "every answer",
    python: "HTTP/1.0",
    portico: "HTTP/1.1",
    because:
      "RFC 9110 §2.5: a server says what it speaks; `-p HTTP/1.0` closes connections as Python does",
  },
  {
    of: "connection",
    at: "answers that end their connection, or do not",
    python: "`close` with errors",
    portico: "`close` where it ends",
    because: "Python ends every connection, and says so with errors alone; here they go on",
  },
  {
    of: "server",
    at: "every answer",
    python: "`SimpleHTTP/0.6 Python/3.11.7`",
    portico: "`portico`",
    because: "A version helps none but who looks for old ones",
  },
  {
    of: "content-type",
    at: "text",
    to: TEXTS,
    python: "`text/plain`",
    portico: "`text/plain; charset=utf-8`",
    because: "Browsers would guess, and guess wrong where the page says nothing",
  },
  {
    of: "content-type",
    at: "a `.ts` file",
    to: ["a .ts file"],
    python: "`text/vnd.trolltech.linguist`",
    portico: "`video/mp2t`",
    because:
      "Python asks the system's mime.types, which differ; here it is IANA's registry everywhere",
  },
  {
    of: "etag",
    at: "files",
    python: "none",
    portico: "size and time",
    because: "Tells versions of the same second apart, too",
  },
  {
    of: "cache-control",
    at: "files and listings",
    python: "none",
    portico: "`max-age=0`, `no-cache`",
    because:
      "Without it browsers show old files for as long as they see fit; `--cache` says for how long they may",
  },
  {
    of: "accept-ranges",
    at: "files",
    python: "none",
    portico: "`bytes`",
    because: "RFC 9110 §14.3: says that parts can be asked for",
  },
  {
    of: "vary",
    at: "files with a compressed one beside them, and listings",
    python: "none",
    portico: "`Accept-Encoding`, `Accept`",
    because: "RFC 9110 §12.5.5: the answer depends on that field",
  },
  {
    of: "last-modified",
    at: "304",
    to: ["not modified since"],
    python: "none",
    portico: "the file's time",
    because: "It is the date that was asked about; RFC 9110 §15.4.5 lets it stand there",
  },
  {
    of: "content-encoding",
    at: "a file with a compressed one beside it, to who accepts that",
    to: ["a page, gzip accepted"],
    python: "none",
    portico: "`gzip`",
    because: "What a build has compressed is sent so",
  },
  ...["body", "content-length"].map((of) => ({
    of,
    at: "a file with a compressed one beside it, to who accepts that",
    to: ["a page, gzip accepted"],
    python: "the file's",
    portico: "the compressed one's",
    because: "The same",
  })),
  ...["body", "content-length", "content-type"].map((of) => ({
    of,
    at: "a directory without its slash",
    to: REDIRECTS,
    python: "none",
    portico: "a line of text",
    because: "RFC 9110 §15.4.2: for who does not follow it",
  })),
  ...["body", "content-length"].map((of) => ({
    of,
    at: "a directory without an index",
    to: of === "body" ? LISTINGS : [...LISTINGS, HEADS.listing],
    python: "names",
    portico: "names, sizes, dates, and links that sort",
    because: "See [above](#the-listing)",
  })),
  ...["content-security-policy", "x-content-type-options"].map((of) => ({
    of,
    at: "a directory without an index",
    to: [...LISTINGS, HEADS.listing],
    python: "none",
    portico: "no scripts, nothing loaded",
    because: "Names of files are somebody else's words",
  })),
  ...["body", "content-length", "content-type"].map((of) => ({
    of,
    at: "errors",
    to: of === "body" ? ERRORS : [...ERRORS, HEADS.error],
    python: "a page",
    portico: "a line of text",
    because: "It is read in a terminal as often as in a browser",
  })),
];
