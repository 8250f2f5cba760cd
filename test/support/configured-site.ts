/** Sites in Python with a gunicorn configuration beside them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const CONF = "gunicorn.conf.py";
export const TARGET = "site_app:app";
export const ANYWHERE: readonly string[] = ["-b", "127.0.0.1:0"];

/** Answers 201 with `$GREETING`, and fails at /fail. */
export const SITE: string = `
import os

def app(environ, start_response):
    if environ["PATH_INFO"] == "/fail":
        raise ValueError("no such luck")
    start_response("201 Created", [("Content-Type", "text/plain")])
    return [os.environ.get("GREETING", "none").encode()]
`;

/** A directory of a test's own in `parent`, with that site and these files. */
export function configuredSite(parent: string, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(parent, "site-"));
  for (const [name, text] of Object.entries({ "site_app.py": SITE, ...files })) {
    writeFileSync(join(path, name), text);
  }
  return path;
}
