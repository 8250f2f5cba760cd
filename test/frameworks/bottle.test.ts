/** Bottle: routes, signed cookies, templates, `static_file`, hooks, a mounted application. */

import assert from "node:assert/strict";
import { compareWithGunicorn, type Scenarios } from "../support/compare-with-gunicorn.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";
import { urlEncodedForm } from "../support/request-body.ts";

const scenarios: Scenarios = {
  "a template escapes what a form brings": async (visitor) => {
    const shown = await visitor.get("/todo");
    assert.match(shown.text, /<li class="odd">wash &lt;up&gt;<\/li>/);
    const fields = [
      ["task", "écrire"],
      ["task", "<b>"],
    ] as const;
    const posted = await visitor.post("/todo", urlEncodedForm(fields));
    assert.match(posted.text, /<li class="odd">écrire<\/li>\s*<li class="even">&lt;b&gt;<\/li>/);
  },
  "abort sends its own status and text": async (visitor) => {
    const answer = await visitor.get("/teapot");
    assert.equal(answer.status, 418);
    assert.match(answer.text, /Short and stout: ☕/);
  },
  "a mounted application knows where it is": async (visitor) => {
    const answer = await visitor.get("/archive/1984?q=%C3%A9");
    assert.deepEqual(JSON.parse(answer.text), {
      year: 1984,
      script: "/archive/",
      url: "http://site.example/archive/1984?q=%C3%A9",
    });
    const missing = await visitor.get("/archive/never");
    assert.equal(missing.status, 404);
  },
  "a hook adds a field to every answer": async (visitor) => {
    const answer = await visitor.get("/");
    assert.equal(answer.field("x-made-with"), "Bottle");
  },
};

compareWithGunicorn(
  "Bottle",
  {
    target: "bottle_site:app",
    notOnPyodide: { "a range of a file is served alone": "Python 3.13 has renamed the status 416" },
    volatile: [
      {
        name: "tag",
        reason:
          "Bottle makes it of the file's inode, whose number Pyodide's file system has of its own",
        where: "Etag",
        pattern: /^[0-9a-f]{40}$/,
      },
    ],
  },
  {
    ...everydayScenarios({
      redirect: { status: 303, location: "http://site.example/" },
      ranges: true,
    }),
    ...scenarios,
  },
  // Bottle undoes the chunks itself when it sees Transfer-Encoding, which gunicorn leaves in.
  chunkedBody,
);
