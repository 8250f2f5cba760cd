/** The runner of documents: what it takes for an example, and that it finds what is wrong. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { examplesIn } from "./document.ts";
import { ExampleFolder } from "./example-folder.ts";
import { type Answered, DocumentError, differences, parseExchanges } from "./exchanges.ts";
import { load } from "./load.ts";
import { typeErrors } from "./type-check.ts";
import { visit } from "./visit.ts";

const DOCUMENT = `# Notes

## A counter

\`\`\`ts
import type { Application } from "portico";

let count = 0;

const counter: Application = (environ, startResponse) => {
  count += 1;
  const cookie = environ.HTTP_COOKIE ?? "none";
  startResponse("200 OK", [["Content-Type", "text/plain"], ["Set-Cookie", "seen=1"]]);
  return [Buffer.from(\`\${count} \${environ.REQUEST_METHOD} \${cookie}\\n\`)];
};

export default counter;
\`\`\`

\`\`\`http
> GET /
< 200 OK
< Content-Type: text/plain
<
< 1 GET none

> POST /
> X-A: 1
>
> body
< 200
<
< 2 POST seen=1
\`\`\`

## From Python

\`\`\`python
# shop.py
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"from Python"]
\`\`\`

\`\`\`ts
import { mount, python } from "portico";

export default mount({ "/shop": python("shop:app") });
\`\`\`

\`\`\`http
> GET /shop
< 200 OK
<
< from Python
\`\`\`

## Alone

\`\`\`ts
import { HttpError } from "portico/messages/http-error";

export const gone = new HttpError(410);
\`\`\`
`;

const changed = (from: string, to: string): string => {
  assert.ok(DOCUMENT.includes(from), from);
  return DOCUMENT.replace(from, to);
};

describe("a document", () => {
  test("has examples with their headings, files and visits", () => {
    const examples = examplesIn("docs/notes.md", DOCUMENT);
    assert.deepEqual(
      examples.map(({ code, visits }) => [code.heading, code.line, visits.flat().length]),
      [
        ["A counter", 6, 2],
        ["From Python", 46, 1],
        ["Alone", 61, 0],
      ],
    );
    assert.deepEqual([...(examples[1]?.files.keys() ?? [])], ["shop.py"]);
  });

  test("that is right has nothing wrong", async () => {
    using folder = new ExampleFolder(examplesIn("docs/notes.md", DOCUMENT));
    const [counter, shop, alone] = folder.examples;
    assert.ok(counter !== undefined && shop !== undefined && alone !== undefined);
    assert.deepEqual(await visit(counter), []);
    assert.deepEqual(await visit(shop), []);
    const loaded = await load(alone);
    assert.equal(loaded.code, 0, loaded.output);
    assert.deepEqual(typeErrors(folder), []);
  });

  test("that says what is not so is told where", async () => {
    using folder = new ExampleFolder(examplesIn("docs/notes.md", changed("< 2 POST", "< 3 POST")));
    const [counter] = folder.examples;
    assert.ok(counter !== undefined);
    assert.deepEqual(await visit(counter), [
      'docs/notes.md:33: POST /: the body is "2 POST seen=1\\n", the document says "3 POST seen=1"',
    ]);
  });

  test("with a wrong type is told where", () => {
    const wrong = changed("let count = 0;", 'let count: number = "0";');
    using folder = new ExampleFolder(examplesIn("docs/notes.md", wrong));
    const [first = "", ...others] = typeErrors(folder);
    assert.match(first, /^docs\/notes\.md:8: error TS2322: /);
    assert.deepEqual(others, []);
  });

  test("whose module cannot be loaded is told so", async () => {
    const wrong = changed("new HttpError(410)", "new HttpError(missing)");
    using folder = new ExampleFolder(examplesIn("docs/notes.md", wrong));
    const alone = folder.examples[2];
    assert.ok(alone !== undefined);
    const { code, output } = await load(alone);
    assert.notEqual(code, 0);
    assert.match(output, /missing is not defined/);
  });

  test("with a test that fails is told so", async () => {
    const failing =
      '```ts\nimport { test } from "node:test";\n\ntest("it", () => {\n  throw new Error("no");\n});\n```\n';
    using folder = new ExampleFolder(examplesIn("docs/notes.md", failing));
    const [example] = folder.examples;
    assert.ok(example !== undefined);
    assert.notEqual((await load(example)).code, 0);
  });

  for (const [name, text] of [
    ["an http block that asks nobody", "```http\n> GET /\n< 200\n```\n"],
    [
      "a line that is neither asked nor answered",
      "```ts\n```\n```http\n> GET /\nnothing\n< 200\n```\n",
    ],
    ["a request without an answer", "```ts\n```\n```http\n> GET /\n```\n"],
    ["an answer without a request", "```ts\n```\n```http\n< 200\n```\n"],
    ["a field that is none", "```ts\n```\n```http\n> GET /\n> no field\n< 200\n```\n"],
    ["a block without an end", "```ts\n"],
  ] as const) {
    test(`with ${name} is refused`, () => {
      assert.throws(() => examplesIn("docs/notes.md", text), DocumentError);
    });
  }
});

describe("an answer", () => {
  const compared = (block: string, got: Partial<Answered>): number => {
    const [exchange] = parseExchanges("d", block, 1);
    assert.ok(exchange !== undefined);
    return differences("d", exchange, { statusLine: "200 OK", headers: [], text: "", ...got })
      .length;
  };

  for (const [promise, block, got, found] of [
    ["needs the whole status", "> GET /\n< 200 Fine", {}, 1],
    ["may leave the reason out", "> GET /\n< 200", {}, 0],
    [
      "has a field among others of its name",
      "> GET /\n< 200\n< A: 2",
      {
        headers: [
          ["a", "1"],
          ["a", "2"],
        ],
      },
      0,
    ],
    ["lacks a field", "> GET /\n< 200\n< A: 2", { headers: [["a", "22"]] }, 1],
    ["may have any body that is not shown", "> GET /\n< 200", { text: "x" }, 0],
    ["has no body where an empty one is shown", "> GET /\n< 200\n<", { text: "x" }, 1],
    ["has its last line end or not", "> GET /\n< 200\n<\n< x", { text: "x\n" }, 0],
    ["has empty lines in its body", "> GET /\n< 200\n<\n< x\n<\n< y", { text: "x\r\n\r\ny" }, 0],
    [
      "may hold what varies",
      "> GET /\n< 200\n< A: s=…; Path=/\n<\n< (…)",
      { headers: [["A", "s=1.2; Path=/"]], text: "(\n)" },
      0,
    ],
    ["must hold what is around that", "> GET /\n< 200\n<\n< (…)", { text: "(]" }, 1],
  ] as const satisfies readonly (readonly [string, string, Partial<Answered>, number])[]) {
    test(promise, () => {
      assert.equal(compared(block, got), found);
    });
  }

  test("to a form in parts is asked for with the line ends that such a body has", () => {
    const block = "> POST /\n> Content-Type: multipart/form-data; boundary=b\n>\n> --b\n> x\n< 200";
    assert.equal(parseExchanges("d", block, 1)[0]?.asked.body, "--b\r\nx");
  });
});
