/** docs/http-server.md: its examples run. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadApplication } from "../../../src/engines/in-process.ts";
import { Folder } from "../../static/served.ts";
import { Certificate, lacksOpenssl, TlsConnection } from "../../support/certificates.ts";
import { repositoryRoot } from "../../support/python-environment.ts";
import { serveApplication } from "../../support/serve-application.ts";

const DOCUMENT = readFileSync(join(repositoryRoot, "docs", "http-server.md"), "utf8");
const [LISTING = "", HTTPS = ""] = [...DOCUMENT.matchAll(/```ts\n(.*?)```/gs)].map(
  ([, code = ""]) => code,
);

test("the example of a listing lists", async () => {
  using folder = new Folder({ "public/photos/a.jpg": "", "public/b.txt": "" });
  const code = LISTING.replace('"public"', JSON.stringify(join(folder.path, "public")));
  const application = await loadApplication(folder.write("listing.ts", code));
  await using served = await serveApplication(application);
  const page = (await served.ask("GET", "/")).body.toString();
  assert.match(page, /href="\.\/photos\/".*href="\.\/b\.txt"/s);
});

test("the example of HTTPS is an application that tls can be given", {
  skip: lacksOpenssl,
}, async () => {
  using folder = new Folder();
  using certificate = new Certificate();
  const path = folder.write("https.ts", HTTPS);
  const { cert, key } = certificate;
  await using served = await serveApplication(await loadApplication(path), { tls: { cert, key } });
  using client = await TlsConnection.openTls(served.port, cert);
  client.request("GET", "/");
  assert.equal((await client.answer()).body.toString(), "https\n");
});
