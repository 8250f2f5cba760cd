/** Falcon: resources, media in and out, streamed multipart, hooks, cookies, a static route. */

import assert from "node:assert/strict";
import {
  compareWithGunicorn,
  largeFile,
  type Scenarios,
  type VolatilePart,
} from "../support/compare-with-gunicorn.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";
import { json } from "../support/request-body.ts";

const volatile: readonly VolatilePart[] = [
  {
    name: "date",
    reason: "Falcon deletes a cookie by letting it expire one second before now",
    where: "Set-Cookie",
    pattern: /(?<=; expires=)\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/,
  },
];

const scenarios: Scenarios = {
  "a resource takes PUT with media and a credential": async (visitor) => {
    const { fields, bytes } = json("čas letí");
    const refused = await visitor.send("PUT", "/quotes/7", fields, bytes);
    assert.equal(refused.status, 401);
    assert.equal(refused.field("www-authenticate"), "Bearer");
    const credential = ["Authorization", "Bearer falcon"] as const;
    const stored = await visitor.send("PUT", "/quotes/7", [...fields, credential], bytes);
    assert.equal(stored.status, 201);
    assert.equal(stored.field("location"), "/quotes/7");
    assert.equal(stored.field("link"), "</quotes/8>; rel=next");
    assert.deepEqual(JSON.parse(stored.text), { number: 7, quote: "čas letí" });
  },
  "media that is not JSON is refused with an error in JSON": async (visitor) => {
    const body = { fields: json("").fields, bytes: Buffer.from("{{") };
    const answer = await visitor.post("/sum", body);
    assert.equal(answer.status, 400);
    assert.equal(JSON.parse(answer.text).title, "Invalid JSON");
  },
  "an open file is streamed through wsgi.file_wrapper": async (visitor) => {
    const answer = await visitor.get("/open-file");
    assert.deepEqual(answer.body, largeFile);
    const head = await visitor.head("/open-file");
    assert.equal(head.field("content-length"), String(largeFile.length));
  },
  "a preflight request is answered": async (visitor) => {
    const answer = await visitor.send("OPTIONS", "/sum", [
      ["Origin", "https://elsewhere.example"],
      ["Access-Control-Request-Method", "POST"],
    ]);
    assert.equal(answer.status, 200);
    assert.equal(answer.field("access-control-allow-origin"), "*");
    assert.match(answer.field("access-control-allow-methods") ?? "", /POST/);
  },
};

compareWithGunicorn(
  "Falcon",
  { target: "falcon_site", volatile },
  {
    ...everydayScenarios({
      redirect: { status: 302, location: "/" },
      large: "/files/large.bin",
      ranges: true,
    }),
    ...scenarios,
  },
  // Falcon's bounded_stream ends after CONTENT_LENGTH bytes, and gunicorn gives none.
  chunkedBody,
);
