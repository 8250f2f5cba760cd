/** What every framework's users do every day; each site of test/apps/frameworks offers it. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  largeFile,
  largeFileDate,
  patternedBytes,
  type Scenarios,
} from "./compare-with-gunicorn.ts";
import { chunked, json, multipartForm, octets, urlEncodedForm } from "./request-body.ts";

export interface EverydayExpectations {
  /** How the framework's own redirect from /old to / looks. */
  readonly redirect: { readonly status: number; readonly location: string };
  /** Where the site offers its 3 MB file. */
  readonly large?: string;
  /** Whether that download answers Range requests. */
  readonly ranges: boolean;
  /** The status of a method that a page does not take. */
  readonly wrongMethod?: number;
}

const UPLOAD = patternedBytes(5 * 1024 * 1024);
const STREAM_LINES = 200;

export function everydayScenarios(expected: EverydayExpectations): Scenarios {
  const large = expected.large ?? "/large";
  return {
    ...forms,
    ...cookiesAndSessions,
    ...paths,
    ...streams,
    ...errors(expected.wrongMethod ?? 405),
    ...redirect(expected.redirect),
    ...withoutBody(large),
    ...download(large),
    ...conditional(large),
    ...(expected.ranges ? ranges(large) : {}),
  };
}

/** For frameworks that read a chunked body without a CONTENT_LENGTH, as gunicorn hands it over. */
export const chunkedBody: Scenarios = {
  "a chunked body arrives whole": async (visitor) => {
    const bytes = UPLOAD.subarray(0, 300_000);
    const answer = await visitor.post("/digest", chunked(bytes, 4_093));
    assert.deepEqual(JSON.parse(answer.text), { size: bytes.length, sha256: sha256(bytes) });
  },
};

const forms: Scenarios = {
  "a form arrives with repeated and non-ASCII fields": async (visitor) => {
    const fields = [
      ["name", "Zoë Ångström"],
      ["colour", "rouge & bleu"],
      ["colour", "緑"],
      ["empty", ""],
    ] as const;
    const answer = await visitor.post("/form", urlEncodedForm(fields));
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.text), {
      name: "Zoë Ångström",
      colours: ["rouge & bleu", "緑"],
      empty: "",
    });
  },
  "an upload of 5 MB arrives whole": async (visitor) => {
    const form = multipartForm([
      { name: "title", content: "Five megabytes" },
      { name: "document", filename: "pattern.bin", content: UPLOAD },
      { name: "note", content: "naïve ☃" },
    ]);
    const answer = await visitor.post("/upload", form);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.text), {
      title: "Five megabytes",
      note: "naïve ☃",
      filename: "pattern.bin",
      size: UPLOAD.length,
      sha256: sha256(UPLOAD),
    });
  },
  "JSON goes in and comes out": async (visitor) => {
    const answer = await visitor.post("/sum", json({ label: "été", numbers: [1, 2.5, 39] }));
    assert.equal(answer.status, 200);
    assert.match(answer.field("content-type") ?? "", /^application\/json/);
    assert.deepEqual(JSON.parse(answer.text), { label: "été", sum: 42.5 });
  },
  "a body of plain bytes arrives whole": async (visitor) => {
    const answer = await visitor.post("/digest", octets(UPLOAD));
    assert.deepEqual(JSON.parse(answer.text), { size: UPLOAD.length, sha256: sha256(UPLOAD) });
    const empty = await visitor.post("/digest", octets(Buffer.alloc(0)));
    assert.deepEqual(JSON.parse(empty.text), { size: 0, sha256: sha256(Buffer.alloc(0)) });
  },
};

const withoutBody = (large: string): Scenarios => ({
  "HEAD has the head of GET and no body": async (visitor) => {
    for (const target of ["/", "/stream", "/report", large]) {
      const got = await visitor.get(target);
      const head = await visitor.head(target);
      assert.equal(head.status, 200, target);
      assert.equal(head.body.length, 0, target);
      assert.equal(head.field("content-type"), got.field("content-type"), target);
      // Django makes its ETags for GET alone.
      const etag = head.field("etag");
      if (etag !== undefined) assert.equal(etag, got.field("etag"), target);
    }
  },
  "a deletion is answered with 204 and nothing": async (visitor) => {
    const answer = await visitor.send("DELETE", "/item");
    assert.equal(answer.status, 204);
    assert.equal(answer.field("content-length"), undefined);
  },
});

const errors = (wrongMethod: number): Scenarios => ({
  "a page that is not there is the site's own 404 page": async (visitor) => {
    const answer = await visitor.get("/nowhere");
    assert.equal(answer.status, 404);
    assert.match(answer.text, /Nothing at \/nowhere/);
  },
  "a page that fails is the site's own 500 page": async (visitor) => {
    const answer = await visitor.get("/crash");
    assert.equal(answer.status, 500);
    assert.match(answer.text, /Something broke/);
    assert.equal((await visitor.get("/")).status, 200);
  },
  "a method that the page does not take is refused": async (visitor) => {
    const answer = await visitor.send("DELETE", "/");
    assert.equal(answer.status, wrongMethod);
  },
});

const redirect = ({ status, location }: EverydayExpectations["redirect"]): Scenarios => ({
  "a redirect leads to the page": async (visitor) => {
    const answer = await visitor.get("/old");
    assert.equal(answer.status, status);
    assert.equal(answer.field("location"), location);
    const page = await visitor.get("/");
    assert.equal(page.status, 200);
    assert.equal(page.text, "<h1>Welcome</h1>");
  },
});

const cookiesAndSessions: Scenarios = {
  "several cookies are set, returned and deleted": async (visitor) => {
    const set = await visitor.get("/preferences/set");
    assert.equal(set.allFields("set-cookie").length, 3);
    const seen = await visitor.get("/preferences");
    assert.deepEqual(JSON.parse(seen.text), { theme: "dark", font: "serif", size: "12" });
    await visitor.get("/preferences/forget");
    const left = await visitor.get("/preferences");
    assert.deepEqual(JSON.parse(left.text), { font: "serif", size: "12" });
  },
  "a session counts the visits of one visitor": async (visitor) => {
    for (const count of [1, 2, 3, 4, 5]) {
      const answer = await visitor.get("/visits");
      assert.equal(answer.text, `Visit ${count}`);
    }
  },
};

const paths: Scenarios = {
  "a percent-encoded path and query arrive decoded": async (visitor) => {
    const path = "/echo/caf%C3%A9/%E5%90%8D%20x%25%2B+";
    const answer = await visitor.get(`${path}?q=%C3%A9+b&q=a%26b%3Dc&%E5%90%8D=%F0%9F%8D%9C&none=`);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.text), {
      path: "café/名 x%++",
      query: [
        ["q", "é b"],
        ["q", "a&b=c"],
        ["名", "🍜"],
        ["none", ""],
      ],
    });
  },
  "an encoded slash, a dot segment and a doubled slash are left as they are": async (visitor) => {
    await visitor.get("/echo/a%2Fb/../c?x=%2F");
    const answer = await visitor.get("/echo/a;b=1/(c)'d'!*~@:$,=");
    assert.equal(JSON.parse(answer.text).path, "a;b=1/(c)'d'!*~@:$,=");
    await visitor.get("/echo//double//slash/");
  },
  "a path that is not UTF-8 gets the same answer": async (visitor) => {
    const answer = await visitor.get("/echo/%FF%FE");
    assert.ok([200, 400, 404].includes(answer.status), String(answer.status));
    await visitor.get("/echo/x?q=%FF");
  },
};

const streams: Scenarios = {
  "a generator streams its lines": async (visitor) => {
    const answer = await visitor.get("/stream");
    assert.equal(answer.status, 200);
    assert.equal(answer.field("content-length"), undefined);
    const lines = Array.from({ length: STREAM_LINES }, (_, at) => `line ${at} of été\n`);
    assert.equal(answer.text, lines.join(""));
  },
};

const download = (large: string): Scenarios => ({
  "a file of 3 MB is served whole": async (visitor) => {
    const answer = await visitor.get(large);
    assert.equal(answer.status, 200);
    assert.equal(sha256(answer.body), sha256(largeFile));
    assert.equal(answer.field("content-length"), String(largeFile.length));
  },
});

const conditional = (large: string): Scenarios => ({
  "an ETag that matches is answered with 304": async (visitor) => {
    const whole = await visitor.get("/report");
    assert.equal(whole.status, 200);
    const etag = whole.field("etag") ?? "";
    assert.match(etag, /^(W\/)?".+"$/);
    const unchanged = await visitor.get("/report", [["If-None-Match", etag]]);
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.body.length, 0);
    assert.equal(unchanged.field("etag"), etag);
    const changed = await visitor.get("/report", [["If-None-Match", '"another"']]);
    assert.equal(changed.status, 200);
    assert.equal(changed.text, whole.text);
  },
  "a file not modified since is answered with 304": async (visitor) => {
    const since = largeFileDate.toUTCString();
    const unchanged = await visitor.get(large, [["If-Modified-Since", since]]);
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.body.length, 0);
    const before = new Date(largeFileDate.getTime() - 10_000).toUTCString();
    const changed = await visitor.get(large, [["If-Modified-Since", before]]);
    assert.equal(changed.status, 200);
  },
});

const ranges = (large: string): Scenarios => ({
  "a range of a file is served alone": async (visitor) => {
    const size = largeFile.length;
    const part = await visitor.get(large, [["Range", "bytes=1048570-1048585"]]);
    assert.equal(part.status, 206);
    assert.equal(part.field("content-range"), `bytes 1048570-1048585/${size}`);
    assert.deepEqual(part.body, largeFile.subarray(1_048_570, 1_048_586));
    const end = await visitor.get(large, [["Range", "bytes=-9"]]);
    assert.deepEqual(end.body, largeFile.subarray(size - 9));
    const beyond = await visitor.get(large, [["Range", `bytes=${size}-`]]);
    assert.equal(beyond.status, 416);
  },
});

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
