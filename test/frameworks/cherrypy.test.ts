/** CherryPy: a tree of two applications, sessions in files, tools, `serve_file`, streams. */

import assert from "node:assert/strict";
import {
  compareWithGunicorn,
  largeFile,
  type Scenarios,
  type VolatilePart,
} from "../support/compare-with-gunicorn.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";
import { urlEncodedForm } from "../support/request-body.ts";

const volatile: readonly VolatilePart[] = [
  {
    name: "session id",
    reason: "CherryPy makes it of random bytes",
    where: "Set-Cookie",
    pattern: /(?<=^session_id=)[0-9a-f]{40}(?=;)/,
  },
  {
    name: "date",
    reason: "a session's cookie expires an hour after now, a deleted cookie now",
    where: "Set-Cookie",
    pattern: /(?<=; expires=)\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/,
  },
  {
    name: "boundary",
    reason: "Python's email package makes it of random digits",
    where: "Content-Type",
    pattern: /(?<=^multipart\/byteranges; boundary=)={15}\d{19}==$/,
  },
  {
    name: "boundary",
    reason: "the same, between the parts",
    where: "body",
    pattern: /(?<=^--)={15}\d{19}==(?=(--)?\r?$)/gm,
  },
];

const WITHOUT_THREADS = "CherryPy's sessions are cleaned up by a thread";

const scenarios: Scenarios = {
  "a second application has its own mount point and session": async (visitor) => {
    const empty = await visitor.get("/shop/");
    assert.equal(empty.text, "http://site.example/shop/: an empty basket");
    const bought = await visitor.post("/shop/buy", urlEncodedForm([["fruit", "Äpfel"]]));
    assert.equal(bought.status, 303);
    assert.equal(bought.field("location"), "http://site.example/shop/");
    const filled = await visitor.get("/shop/");
    assert.equal(filled.text, "http://site.example/shop/: Äpfel");
  },
  "a mount point without its last slash is redirected": async (visitor) => {
    const answer = await visitor.get("/shop");
    assert.equal(answer.status, 301);
    assert.equal(answer.field("location"), "http://site.example/shop/");
  },
  "a handler called without its parameters is 404": async (visitor) => {
    const answer = await visitor.get("/shop/buy");
    assert.equal(answer.status, 404);
  },
  "the staticdir tool serves a file": async (visitor) => {
    const answer = await visitor.get("/files/large.bin");
    assert.deepEqual(answer.body, largeFile);
  },
  "several ranges come as multipart/byteranges": async (visitor) => {
    const answer = await visitor.get("/large", [["Range", "bytes=0-3,1000-1003"]]);
    assert.equal(answer.status, 206);
    assert.match(answer.field("content-type") ?? "", /^multipart\/byteranges/);
    assert.match(answer.text, /^Content-range: bytes 1000-1003\/3145735\r?$/im);
  },
};

compareWithGunicorn(
  "CherryPy",
  {
    target: "cherrypy_site",
    volatile,
    notOnPyodide: {
      "a session counts the visits of one visitor": WITHOUT_THREADS,
      "a second application has its own mount point and session": WITHOUT_THREADS,
      "several ranges come as multipart/byteranges": "the boundary has as many digits as a size",
      "a range of a file is served alone": "Python 3.13 has renamed the status 416",
    },
  },
  {
    ...everydayScenarios({
      redirect: { status: 303, location: "http://site.example/" },
      ranges: true,
    }),
    ...chunkedBody,
    ...scenarios,
  },
);
