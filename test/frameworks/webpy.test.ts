/** web.py: urls and classes, `web.input`, a session on disk, a template in a string. */

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
    name: "session id",
    reason: "web.py makes it of random bytes and the time",
    where: "Set-Cookie",
    pattern: /(?<=^webpy_session_id=)[0-9a-f]{40}(?=;)/,
  },
  {
    name: "date",
    reason: "web.py deletes a cookie by letting it expire thirty years before now",
    where: "Set-Cookie",
    pattern: /(?<=^theme=; expires=)\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/,
  },
];

const scenarios: Scenarios = {
  "a template escapes what the query brings": async (visitor) => {
    const answer = await visitor.get("/todo?task=%3Cb%3E&task=%C3%A9crire");
    assert.match(answer.text, /<li class="odd">&lt;b&gt;<\/li>/);
    assert.match(answer.text, /<li class="even">écrire<\/li>/);
  },
  "web.input refuses a form that lacks a field": async (visitor) => {
    const answer = await visitor.post("/form", urlEncodedForm([["name", "Zoë"]]));
    assert.equal(answer.status, 400);
    const notPosted = await visitor.get("/form");
    assert.equal(notPosted.status, 405);
    assert.equal(notPosted.field("allow"), "POST");
  },
  "a session lives on when its visitor is away": async (visitor) => {
    await visitor.get("/visits");
    await visitor.get("/");
    const answer = await visitor.get("/visits");
    assert.equal(answer.text, "Visit 2");
  },
};

compareWithGunicorn(
  "web.py",
  {
    target: "webpy_site:application",
    volatile,
    breaks: {
      "body-for-no-content": "what nocontent() raises has the body 'No Content'",
      "content-type-missing": "web.py sends none of its own",
    },
  },
  {
    ...everydayScenarios({
      redirect: { status: 303, location: "http://site.example/" },
      ranges: false,
    }),
    ...chunkedBody,
    ...scenarios,
  },
);
