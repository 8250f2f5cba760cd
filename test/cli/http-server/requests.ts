/** What both servers of files are asked, and for what files. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { type RequestParts, requestBytes } from "../../../src/client/client-connection.ts";
import { Folder, WRITTEN } from "../../static/served.ts";

export function makeFolder(): Folder {
  const folder = new Folder({
    "a.txt": "the file a\n",
    "empty.txt": "",
    "page.html": "<!doctype html><p>\u00fcber\n",
    "page.html.gz": "the page, compressed",
    "script.js": "1;\n",
    "style.css": "p{}\n",
    "data.json": "{}\n",
    "notes.md": "# Notes\n",
    "source.ts": "1;\n",
    "picture.svg": "<svg/>\n",
    "archive.tar.gz": "an archive",
    noending: "what is it",
    "with space/caf\u00e9 #%.txt": "a strange name\n",
    "sub/index.html": "the index\n",
    "htm/index.htm": "the short index\n",
    "bare/c.txt": "c\n",
    "bare/d/e.txt": "e\n",
    ".env": "secret\n",
    "../outside.txt": "outside\n",
  });
  symlinkSync("a.txt", join(folder.path, "link-in.txt"));
  symlinkSync("../outside.txt", join(folder.path, "link-out.txt"));
  symlinkSync("..", join(folder.path, "link-up"));
  return folder;
}

/** Each by its name, as the bytes of a connection of its own. */
export const REQUESTS: Readonly<Record<string, Buffer>> = {
  "a file": get("/a.txt"),
  "a file, over HTTP/1.0": get("/a.txt", { version: "HTTP/1.0" }),
  "a file's head": ask("HEAD", "/a.txt"),
  "an empty file": get("/empty.txt"),
  "a file, with a query": get("/a.txt?v=1"),
  "a file, with a fragment": get("/a.txt#top"),
  "a file, by an escaped name": get("/%61.txt"),
  "a file with a strange name": get("/with%20space/caf%C3%A9%20%23%25.txt"),
  "a page": get("/page.html"),
  "a page, gzip accepted": get("/page.html", { fields: [["Accept-Encoding", "gzip"]] }),
  "a script": get("/script.js"),
  "a style sheet": get("/style.css"),
  "a JSON file": get("/data.json"),
  "a Markdown file": get("/notes.md"),
  "a .ts file": get("/source.ts"),
  "a picture": get("/picture.svg"),
  "an archive": get("/archive.tar.gz"),
  "a file without an ending": get("/noending"),
  "a directory with an index": get("/sub/"),
  "a directory with index.htm": get("/htm/"),
  "a directory without its slash": get("/sub"),
  "a directory without its slash, with a query": get("/sub?v=1"),
  "a bare directory without its slash": get("/bare"),
  "a bare directory": get("/bare/"),
  "a bare directory's head": ask("HEAD", "/bare/"),
  "the root": get("/"),
  "a file with a slash behind it": get("/a.txt/"),
  nothing: get("/none"),
  "nothing's head": ask("HEAD", "/none"),
  "no directory": get("/none/"),
  "a dotfile": get("/.env"),
  "a link within the directory": get("/link-in.txt"),
  "a link out of the directory": get("/link-out.txt"),
  "a directory's link out of the directory": get("/link-up/outside.txt"),
  "a way out": get("/../outside.txt"),
  "a way out, escaped": get("/%2e%2e/outside.txt"),
  "a way out, with an escaped slash": get("/..%2foutside.txt"),
  "a way out, with a backslash": get("/..%5coutside.txt"),
  "a way out, escaped twice": get("/%252e%252e/outside.txt"),
  "a way down and up": get("/sub/../a.txt"),
  "a dot": get("/./a.txt"),
  "two slashes at the start": get("//a.txt"),
  "two slashes on the way": get("/bare//c.txt"),
  "an escaped slash": get("/bare%2Fc.txt"),
  "a NUL": get("/a.txt%00"),
  "bytes that are no UTF-8": get("/%ff%fe"),
  "an absolute form": get("http://test/a.txt"),
  "a POST": ask("POST", "/a.txt", { body: "x" }),
  "a PUT": ask("PUT", "/new.txt", { body: "x" }),
  "a DELETE": ask("DELETE", "/a.txt"),
  "an OPTIONS": ask("OPTIONS", "/a.txt"),
  "a method in small letters": ask("get", "/a.txt"),
  "not modified since": since(WRITTEN),
  "modified since": since("Sat, 01 Nov 2025 00:00:00 GMT"),
  "modified since no date": since("yesterday"),
  "any tag": get("/a.txt", { fields: [["If-None-Match", "*"]] }),
  "the first bytes": range("bytes=0-2"),
  "the last bytes": range("bytes=-3"),
  "two ranges": range("bytes=0-1,4-5"),
  "no range that there is": range("bytes=100-"),
  "no Host": Buffer.from("GET /a.txt HTTP/1.1\r\n\r\n"),
  "another site's name": get("/a.txt", { fields: [["Host", "evil.example"]] }),
  "HTTP/0.9": Buffer.from("GET /a.txt\r\n\r\n"),
  "HTTP/2.0": Buffer.from("GET /a.txt HTTP/2.0\r\nHost: test\r\n\r\n"),
  "no request line": Buffer.from("what is this\r\n\r\n"),
  "a field without a colon": Buffer.from("GET /a.txt HTTP/1.1\r\nHost: test\r\nnonsense\r\n\r\n"),
};

function ask(method: string, target: string, parts: RequestParts = {}): Buffer {
  return requestBytes(method, target, parts);
}

function get(target: string, parts: RequestParts = {}): Buffer {
  return ask("GET", target, parts);
}

function since(date: string): Buffer {
  return get("/a.txt", { fields: [["If-Modified-Since", date]] });
}

function range(value: string): Buffer {
  return get("/a.txt", { fields: [["Range", value]] });
}
