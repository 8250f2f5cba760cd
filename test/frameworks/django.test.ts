/** Django: a whole project with its admin, CSRF, models, messages, files and streams. */

import assert from "node:assert/strict";
import {
  compareWithGunicorn,
  patternedBytes,
  type Scenarios,
  type VolatilePart,
} from "../support/compare-with-gunicorn.ts";
import {
  DJANGO_PASSWORD,
  DJANGO_USER,
  prepareDjangoState,
  submitForm,
} from "../support/django-site.ts";
import { chunkedBody, everydayScenarios } from "../support/everyday-scenarios.ts";
import { hiddenField } from "../support/hidden-field.ts";
import { multipartForm, urlEncodedForm } from "../support/request-body.ts";
import type { Answer, Visitor } from "../support/visitor.ts";

const volatile: readonly VolatilePart[] = [
  {
    name: "CSRF secret",
    reason: "it is random",
    where: "Set-Cookie",
    pattern: /(?<=^csrftoken=)[A-Za-z0-9]{32}(?=;)/,
  },
  {
    name: "CSRF token",
    reason: "it is the secret, masked with random letters for every page",
    where: "body",
    pattern: /(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")/g,
  },
  {
    name: "session id",
    reason: "it is random",
    where: "Set-Cookie",
    pattern: /(?<=^sessionid=)[a-z0-9]{32}(?=;)/,
  },
  {
    name: "time and signature",
    reason: "the messages that wait in a cookie are signed with the second",
    where: "Set-Cookie",
    pattern: /(?<=^messages=[^;]*:)\w{6}:[\w-]{43}(?=;)/,
  },
  {
    name: "date",
    reason: "both cookies expire some weeks after now",
    where: "Set-Cookie",
    pattern:
      /(?<=^(?:csrftoken|sessionid)=.*; expires=)\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/,
  },
  {
    name: "date",
    reason: "the admin's pages expire now, as never_cache says it",
    where: "Expires",
    pattern: /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  },
];

const admin: Scenarios = {
  "the admin sends a stranger to its login": async (visitor) => {
    const answer = await visitor.get("/admin/library/book/");
    assert.equal(answer.status, 302);
    assert.equal(answer.field("location"), "/admin/login/?next=/admin/library/book/");
  },
  "the admin refuses a wrong password": async (visitor) => {
    const refused = await logIn(visitor, "wrong");
    assert.equal(refused.status, 200);
    assert.match(refused.text, /Please enter the correct username and password/);
    const still = await visitor.get("/admin/");
    assert.equal(still.status, 302);
  },
  "the admin knows its user until the user logs out": async (visitor) => {
    const welcomed = await logIn(visitor, DJANGO_PASSWORD);
    assert.equal(welcomed.status, 302);
    assert.equal(welcomed.field("location"), "/admin/");
    const index = await visitor.get("/admin/");
    assert.equal(index.status, 200);
    assert.match(index.text, /<strong>librarian<\/strong>/);
    assert.match(index.text, /href="\/admin\/library\/book\/add\/"/);
    const goodbye = await submitForm(visitor, index, "/admin/logout/", []);
    assert.match(goodbye.text, /Thanks for spending some quality time/);
    const stranger = await visitor.get("/admin/");
    assert.equal(stranger.status, 302);
  },
  "an author saved in the admin with a book is listed, changed and deleted": async (visitor) => {
    await logIn(visitor, DJANGO_PASSWORD);
    const add = "/admin/library/author/add/";
    const incomplete = await submitForm(visitor, await visitor.get(add), add, authorForm(""));
    assert.equal(incomplete.status, 200);
    assert.match(incomplete.text, /This field is required/);

    const saved = await submitForm(visitor, incomplete, add, authorForm("Selma Lagerlöf"));
    assert.equal(saved.status, 302);
    assert.equal(saved.field("location"), "/admin/library/author/");
    const listed = await visitor.get("/admin/library/author/");
    assert.match(listed.text, /Selma Lagerlöf<\/a>” was added successfully/);
    assert.match(
      listed.text,
      /<th class="field-__str__"><a href="[^"]+">Selma Lagerlöf<\/a><\/th>/,
    );
    const books = await visitor.get("/admin/library/book/?q=Berling");
    assert.match(books.text, />Gösta Berlings saga<\/a><\/th>/);
    assert.match(books.text, />Nov\. 1, 1891</);

    const change = /href="(\/admin\/library\/book\/\d+\/change\/)[^"]*">Gösta/.exec(
      books.text,
    )?.[1];
    assert.ok(change !== undefined);
    const page = await visitor.get(change);
    const author = /<option value="(\d+)" selected>Selma Lagerlöf/.exec(page.text)?.[1];
    assert.ok(author !== undefined);
    const changed = await submitForm(visitor, page, change, [
      ["title", "The Story of Gösta Berling"],
      ["author", author],
      ["published", "1898-01-01"],
      ["_continue", "Save and continue editing"],
    ]);
    assert.equal(changed.field("location"), change);
    const continued = await visitor.get(change);
    assert.match(continued.text, /value="The Story of Gösta Berling"/);

    const doomed = `/admin/library/author/${author}/delete/`;
    const asked = await visitor.get(doomed);
    assert.match(asked.text, /The Story of Gösta Berling/);
    const deleted = await submitForm(visitor, asked, doomed, [["post", "yes"]]);
    assert.equal(deleted.status, 302);
    const none = await visitor.get("/admin/library/book/?q=Berling");
    assert.match(none.text, /0 books/);
  },
  "a cover uploaded in the admin is served by FileResponse": async (visitor) => {
    const cover = patternedBytes(200_000);
    await logIn(visitor, DJANGO_PASSWORD);
    const addAuthor = "/admin/library/author/add/";
    const empty = await visitor.get(addAuthor);
    await submitForm(visitor, empty, addAuthor, authorForm("Astrid Lindgren", "Pippi Långstrump"));
    const list = await visitor.get("/admin/library/book/?q=Pippi");
    const number = /\/admin\/library\/book\/(\d+)\/change\//.exec(list.text)?.[1];
    assert.ok(number !== undefined);
    const change = `/admin/library/book/${number}/change/`;
    const page = await visitor.get(change);
    const author = /<option value="(\d+)" selected>Astrid Lindgren/.exec(page.text)?.[1];
    assert.ok(author !== undefined);
    const saved = await visitor.post(
      change,
      multipartForm([
        { name: "csrfmiddlewaretoken", content: hiddenField(page, "csrfmiddlewaretoken") },
        { name: "title", content: "Pippi Långstrump" },
        { name: "author", content: author },
        { name: "published", content: "" },
        { name: "cover", filename: "pippi.png", content: cover },
        { name: "_save", content: "Save" },
      ]),
    );
    assert.equal(saved.status, 302);
    const shown = await visitor.get(change);
    assert.match(shown.text, /href="\/media\/covers\/pippi\.png"/);
    const served = await visitor.get(`/covers/${number}`);
    assert.deepEqual(served.body, cover);
    assert.equal(served.field("content-type"), "image/png");
    assert.equal(served.field("content-length"), String(cover.length));
  },
  "a static file of the admin is served, and not twice": async (visitor) => {
    const style = await visitor.get("/static/admin/css/base.css");
    assert.equal(style.status, 200);
    assert.equal(style.field("content-type"), "text/css");
    const since = style.field("last-modified") ?? "";
    const again = await visitor.get("/static/admin/css/base.css", [["If-Modified-Since", since]]);
    assert.equal(again.status, 304);
    const outside = await visitor.get("/static/admin/../../settings.py");
    assert.equal(outside.status, 400);
    const missing = await visitor.get("/static/admin/css/missing.css");
    assert.equal(missing.status, 404);
  },
};

const pages: Scenarios = {
  "a form with its CSRF token saves a row and shows a message once": async (visitor) => {
    const empty = await visitor.get("/remarks/");
    const posted = await submitForm(visitor, empty, "/remarks/", [
      ["reader", "<Åsa>"],
      ["text", "So many books,\r\nso little time."],
    ]);
    assert.equal(posted.status, 302);
    assert.equal(posted.field("location"), "/remarks/");
    const shown = await visitor.get("/remarks/");
    assert.match(shown.text, /<p class="success">Thank you, <b>&lt;Åsa&gt;<\/b>!<\/p>/);
    assert.match(shown.text, /<b>&lt;Åsa&gt;<\/b> So many books,<br>so little time\./);
    const again = await visitor.get("/remarks/");
    assert.doesNotMatch(again.text, /Thank you/);
    assert.match(again.text, /So many books/);
  },
  "a form that is not complete comes back with what was written": async (visitor) => {
    const empty = await visitor.get("/remarks/");
    const refused = await submitForm(visitor, empty, "/remarks/", [["reader", "Åsa"]]);
    assert.equal(refused.status, 200);
    assert.match(refused.text, /value="Åsa"/);
    assert.match(refused.text, /This field is required/);
  },
  "a form without its CSRF token is 403": async (visitor) => {
    await visitor.get("/remarks/");
    const refused = await visitor.post("/remarks/", urlEncodedForm([["reader", "Mallory"]]));
    assert.equal(refused.status, 403);
    assert.match(refused.text, /CSRF verification failed/);
  },
  "a path without its last slash is redirected": async (visitor) => {
    const answer = await visitor.get("/remarks?page=%C3%A9");
    assert.equal(answer.status, 301);
    assert.equal(answer.field("location"), "/remarks/?page=%C3%A9");
  },
  "a user whose password is hashed by PBKDF2, Django's default, logs in": (visitor) =>
    join(visitor, "pbkdf2_sha256"),
  "a user whose password is hashed by scrypt logs in": (visitor) => join(visitor, "scrypt"),
  "FileResponse names its attachment in UTF-8": async (visitor) => {
    const answer = await visitor.head("/large");
    assert.match(
      answer.field("content-disposition") ?? "",
      /filename\*=utf-8''gro%C3%9Fes%20Paket/,
    );
  },
};

async function join(visitor: Visitor, hasher: string): Promise<void> {
  const [name, password] = [`reader of ${hasher}`, "correct horse battery staple"];
  const joined = await visitor.post(
    "/join",
    urlEncodedForm(Object.entries({ name, password, hasher })),
  );
  assert.equal(
    joined.text,
    JSON.stringify({ by: hasher, refused: true }).replaceAll(/([:,])/g, "$1 "),
  );
  assert.equal((await visitor.get("/reader")).text, `You are ${name}`);
}

async function logIn(visitor: Visitor, password: string): Promise<Answer> {
  const login = "/admin/login/?next=/admin/";
  const page = await visitor.get(login);
  assert.equal(page.status, 200);
  return submitForm(visitor, page, login, [
    ["username", DJANGO_USER],
    ["password", password],
    ["next", "/admin/"],
  ]);
}

/** The admin's form for an author, with one book in its table of books. */
function authorForm(name: string, book = "Gösta Berlings saga"): [string, string][] {
  return [
    ["name", name],
    ["book_set-TOTAL_FORMS", "1"],
    ["book_set-INITIAL_FORMS", "0"],
    ["book_set-MIN_NUM_FORMS", "0"],
    ["book_set-MAX_NUM_FORMS", "1000"],
    ["book_set-0-title", book],
    ["book_set-0-published", "1891-11-01"],
    ["_save", "Save"],
  ];
}

compareWithGunicorn(
  "Django",
  { directory: "django_site", target: "mysite.wsgi", volatile, prepareState: prepareDjangoState },
  {
    ...everydayScenarios({ redirect: { status: 302, location: "/" }, ranges: false }),
    ...admin,
    ...pages,
  },
  // Django reads CONTENT_LENGTH bytes, and gunicorn gives none.
  chunkedBody,
);
