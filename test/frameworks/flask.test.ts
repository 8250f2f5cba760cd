/** Flask: blueprints, flash messages, sessions, `stream_with_context`, `send_file`. */

import assert from "node:assert/strict";
import {
  compareWithGunicorn,
  type Scenarios,
  type VolatilePart,
} from "../support/compare-with-gunicorn.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";
import { urlEncodedForm } from "../support/request-body.ts";

const volatile: readonly VolatilePart[] = [
  {
    name: "time and signature",
    reason: "itsdangerous signs the second in which the session was written",
    where: "Set-Cookie",
    pattern: /(?<=^session=[^;]*\.)[\w-]{6}\.[\w-]{27}(?=;)/,
  },
];

const scenarios: Scenarios = {
  "a flash message is shown once, after the redirect": async (visitor) => {
    const posted = await visitor.post("/notes/", urlEncodedForm([["text", "<Käse> kaufen"]]));
    assert.equal(posted.status, 302);
    assert.equal(posted.field("location"), "/notes/");
    const shown = await visitor.get("/notes/");
    assert.match(shown.text, /<p class="success">Added “&lt;Käse&gt; kaufen”<\/p>/);
    assert.match(shown.text, /<li>&lt;Käse&gt; kaufen<\/li>/);
    const again = await visitor.get("/notes/");
    assert.doesNotMatch(again.text, /Added/);
    assert.match(again.text, /<li>&lt;Käse&gt; kaufen<\/li>/);
  },
  "a bad form is refused with abort(400)": async (visitor) => {
    const answer = await visitor.post("/notes/", urlEncodedForm([["text", ""]]));
    assert.equal(answer.status, 400);
    assert.match(answer.text, /A note needs a text/);
  },
  "a path without its last slash is redirected": async (visitor) => {
    const answer = await visitor.get("/notes?a=%C3%A9");
    assert.equal(answer.status, 308);
    assert.equal(answer.field("location"), "http://site.example/notes/?a=%C3%A9");
  },
  "stream_with_context reads the request while it streams": async (visitor) => {
    const answer = await visitor.get("/stream?word=%E2%98%83");
    assert.match(answer.text, /^line 0 of ☃\n/);
    assert.match(answer.text, /line 199 of ☃\n$/);
  },
  "a password is known again by its hash, as Werkzeug makes it by default and by PBKDF2": async (
    visitor,
  ) => {
    const password = "correct horse battery staple";
    for (const method of ["scrypt:32768:8:1", "pbkdf2:sha256:600000"]) {
      const told = method.startsWith("scrypt") ? {} : { method };
      const form = urlEncodedForm(Object.entries({ password, ...told }));
      const { text } = await visitor.post("/password", form);
      assert.deepEqual(JSON.parse(text), { method, right: true, wrong: false });
    }
  },
  "an async view without asgiref runs in a loop of its own": async (visitor) => {
    const { text } = await visitor.get("/later?word=one&word=other");
    assert.deepEqual(JSON.parse(text), ["one of /later", "other of /later"]);
  },
  "send_file answers If-Range and a non-ASCII name": async (visitor) => {
    const whole = await visitor.get("/large");
    assert.match(whole.field("content-disposition") ?? "", /filename\*=UTF-8''gro%C3%9Fes%20Paket/);
    const etag = whole.field("etag") ?? "";
    const part = await visitor.get("/large", [
      ["If-Range", etag],
      ["Range", "bytes=0-99"],
    ]);
    assert.equal(part.status, 206);
    assert.equal(part.body.length, 100);
    const stale = await visitor.get("/large", [
      ["If-Range", '"old"'],
      ["Range", "bytes=0-99"],
    ]);
    assert.equal(stale.status, 200);
    const unchanged = await visitor.get("/large", [["If-None-Match", etag]]);
    assert.equal(unchanged.status, 304);
  },
};

compareWithGunicorn(
  "Flask",
  {
    target: 'flask_site:create_app(title="Notes")',
    volatile,
    breaks: {
      "input-attribute": "Werkzeug reads with readinto() where the stream has it",
    },
  },
  {
    ...everydayScenarios({ redirect: { status: 302, location: "/" }, ranges: true }),
    ...chunkedBody,
    ...scenarios,
  },
);
