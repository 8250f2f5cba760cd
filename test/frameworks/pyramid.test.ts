/** Pyramid: routes, traversal, renderers, signed sessions, CSRF, a static view. */

import assert from "node:assert/strict";
import {
  compareWithGunicorn,
  largeFile,
  type Scenarios,
  type VolatilePart,
} from "../support/compare-with-gunicorn.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";
import { hiddenField } from "../support/hidden-field.ts";
import { urlEncodedForm } from "../support/request-body.ts";

const volatile: readonly VolatilePart[] = [
  {
    name: "session",
    reason: "Pyramid signs the seconds in which the session was made and read",
    where: "Set-Cookie",
    pattern: /(?<=^session=)[\w-]+(?=;)/,
  },
  {
    name: "CSRF token",
    reason: "it is random",
    where: "body",
    pattern: /(?<=name="csrf_token" value=")[0-9a-f]{32,}(?=")/,
  },
];

const scenarios: Scenarios = {
  "a form with its CSRF token flashes a message": async (visitor) => {
    const token = hiddenField(await visitor.get("/guestbook"), "csrf_token");
    const fields = [
      ["name", "<Zoë>"],
      ["csrf_token", token],
    ] as const;
    const signed = await visitor.post("/guestbook", urlEncodedForm(fields));
    assert.equal(signed.status, 302);
    const location = "/guestbook?signed=ja%2C+gr%C3%B6%C3%9Fer";
    assert.equal(signed.field("location"), `http://site.example${location}`);
    const shown = await visitor.get(location);
    assert.match(shown.text, /<p>&lt;Zoë&gt; was here<\/p>/);
    const again = await visitor.get("/guestbook");
    assert.doesNotMatch(again.text, /was here/);
  },
  "a form without its CSRF token is refused": async (visitor) => {
    await visitor.get("/guestbook");
    const refused = await visitor.post("/guestbook", urlEncodedForm([["name", "Mallory"]]));
    assert.equal(refused.status, 400);
  },
  "traversal finds a folder in the tree": async (visitor) => {
    const answer = await visitor.get("/library/poems");
    assert.deepEqual(JSON.parse(answer.text), {
      title: "Poèmes",
      children: [],
      url: "http://site.example/library/poems/",
    });
    const missing = await visitor.get("/library/novels");
    assert.equal(missing.status, 404);
  },
  "a static view serves a file": async (visitor) => {
    const answer = await visitor.get("/files/large.bin");
    assert.deepEqual(answer.body, largeFile);
  },
};

compareWithGunicorn(
  "Pyramid",
  { target: "pyramid_site:main({})", volatile },
  {
    ...everydayScenarios({
      redirect: { status: 302, location: "http://site.example/" },
      ranges: true,
      // Pyramid takes the request method for part of the match.
      wrongMethod: 404,
    }),
    ...chunkedBody,
    ...scenarios,
  },
);
