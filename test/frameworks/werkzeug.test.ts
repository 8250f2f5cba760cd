/** Werkzeug alone: Request and Response, Map and Rule, `wrap_file`, its WSGI middlewares. */

import assert from "node:assert/strict";
import {
  compareWithGunicorn,
  largeFile,
  type Scenarios,
} from "../support/compare-with-gunicorn.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";

const scenarios: Scenarios = {
  "a rule converts its part of the path, or does not match": async (visitor) => {
    const answer = await visitor.get("/years/1984/");
    assert.equal(answer.text, ": the year 1984");
    const tooEarly = await visitor.get("/years/1066/");
    assert.equal(tooEarly.status, 404);
  },
  "a path without its last slash is redirected": async (visitor) => {
    const answer = await visitor.get("/years/1984?q=%E2%82%AC");
    assert.equal(answer.status, 308);
    assert.equal(answer.field("location"), "http://site.example/years/1984/?q=%E2%82%AC");
  },
  "DispatcherMiddleware mounts the site under a second name": async (visitor) => {
    const answer = await visitor.get("/archive/years/1984/");
    assert.equal(answer.text, "/archive: the year 1984");
    const redirected = await visitor.get("/archive/years/1984");
    assert.equal(redirected.field("location"), "http://site.example/archive/years/1984/");
  },
  "SharedDataMiddleware serves a file through wsgi.file_wrapper": async (visitor) => {
    const answer = await visitor.get("/shared/large.bin");
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, largeFile);
    const etag = answer.field("etag") ?? "";
    const unchanged = await visitor.get("/shared/large.bin", [["If-None-Match", etag]]);
    assert.equal(unchanged.status, 304);
  },
  "a form that lacks a field is refused": async (visitor) => {
    const answer = await visitor.send("POST", "/form", [["Content-Length", "0"]]);
    assert.equal(answer.status, 400);
  },
};

const volatile = [
  {
    name: "date",
    reason: "SharedDataMiddleware lets its files expire twelve hours after now",
    where: "Expires",
    pattern: /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  },
] as const;

compareWithGunicorn(
  "Werkzeug",
  {
    target: "werkzeug_site",
    volatile,
    breaks: {
      "input-attribute": "Werkzeug reads with readinto() where the stream has it",
    },
  },
  {
    ...everydayScenarios({ redirect: { status: 307, location: "/" }, ranges: true }),
    ...chunkedBody,
    ...scenarios,
  },
);
