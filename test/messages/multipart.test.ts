import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HttpError } from "../../src/messages/http-error.ts";
import { HttpRequest } from "../../src/messages/http-request.ts";
import { Random } from "../fuzz/random.ts";
import { environOf } from "./answered.ts";
import { BOUNDARY, END, lines, multipartRequest, part } from "./form-bodies.ts";

/** What a form has, to be compared. */
async function contentOf(form: FormData): Promise<readonly unknown[]> {
  return Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === "string"
        ? [name, value]
        : [name, value.name, value.type, Buffer.from(await value.arrayBuffer()).toString("latin1")],
    ),
  );
}

function refuses(promise: Promise<unknown>, status: number): Promise<void> {
  return assert.rejects(promise, (error) => error instanceof HttpError && error.status === status);
}

// RFC 2046 §5.1.1: a line that begins with all of the boundary would be one.
const TRICKY = `\r\n--${BOUNDARY.slice(0, -1)}\r\n-\r\n--\r\n${"-".repeat(20)}\r\n\r\n`;

const WHOLE = lines(
  "preamble",
  part('name="a"', "1"),
  part('name="empty"', ""),
  part('name="f"; filename="x.bin"', TRICKY, "Content-Type: application/x-y"),
  part('name="a"', "\xc3\xa9"),
  `${END}epilogue`,
);

const CONTENT = [
  ["a", "1"],
  ["empty", ""],
  ["f", "x.bin", "application/x-y", TRICKY],
  ["a", "é"],
];

describe("a multipart form", () => {
  test("survives any cut of the bytes", async () => {
    for (let cut = 0; cut <= WHOLE.length; cut += 1) {
      const form = await multipartRequest(WHOLE, [cut]).form();
      assert.deepEqual(await contentOf(form), CONTENT, `cut at ${cut}`);
    }
  });

  test("survives to come byte by byte", async () => {
    const everywhere = Array.from(WHOLE, (_, at) => at);
    const form = await multipartRequest(WHOLE, everywhere).form();
    assert.deepEqual(await contentOf(form), CONTENT);
  });

  test("that ends anywhere too early is a 400, and never hangs", async () => {
    const end = WHOLE.indexOf(`--${BOUNDARY}--`) + BOUNDARY.length + 4;
    for (let length = 0; length < end; length += 1) {
      await refuses(multipartRequest(WHOLE.subarray(0, length)).form(), 400);
    }
  });

  test("of any bytes is read or refused, and never hangs", async () => {
    const random = new Random(7);
    for (let round = 0; round < 500; round += 1) {
      const body = Buffer.from(WHOLE);
      for (let change = random.below(6); change >= 0; change -= 1) {
        body[random.below(body.length)] = random.pick([0x0d, 0x0a, 0x2d, 0x3a, 0x22, 0, 0xff]);
      }
      const cuts = [random.below(body.length), random.below(body.length)].sort((a, b) => a - b);
      try {
        await multipartRequest(body, cuts).form();
      } catch (error) {
        assert.ok(error instanceof HttpError && error.status === 400, String(error));
      }
    }
  });

  test("of the platform is read as the platform reads it", async () => {
    const sent = new FormData();
    sent.append('quote"d', "line\r\nend");
    sent.append("file", new File(["\u{1f600}"], 'na"me\u00e9.txt', { type: "text/plain" }));
    sent.append("none", new File([], ""));
    const response = new Response(sent);
    const headers = { "Content-Type": response.headers.get("content-type") ?? "" };
    const body = new Uint8Array(await response.arrayBuffer());
    const asked = new HttpRequest(environOf({ method: "POST", body, headers }));
    const platforms = await new Response(body, { headers }).formData();
    assert.deepEqual(await contentOf(await asked.form()), await contentOf(platforms));
  });

  test("without parts is empty", async () => {
    assert.deepEqual([...(await multipartRequest(Buffer.from(END)).form())], []);
  });

  test("tells files from fields by the file name alone", async () => {
    const body = lines(
      part('name="a"', "x", "Content-Type: application/octet-stream"),
      part('name="b"; filename=""', ""),
      part('name="c"; filename=plain.txt', "y"),
      END,
    );
    const form = await multipartRequest(body).form();
    assert.deepEqual(await contentOf(form), [
      ["a", "x"],
      ["b", "", "application/octet-stream", ""],
      ["c", "plain.txt", "application/octet-stream", "y"],
    ]);
  });

  for (const [sent, name] of [
    ["C:\\\\dir\\\\x.txt", "x.txt"],
    ["../../etc/passwd", "passwd"],
    ["..", ""],
    ["a\\b", "b"],
    ["a%22b", 'a"b'],
    ['a\\"b', 'a"b'],
    ["a;b", "a;b"],
  ] as const) {
    test(`knows the file ${sent} as ${JSON.stringify(name)}`, async () => {
      const body = lines(part(`name="f"; filename="${sent}"`, "x"), END);
      const value = (await multipartRequest(body).form()).get("f");
      assert.equal(value instanceof File ? value.name : value, name);
    });
  }
});

describe("a multipart form is refused", () => {
  const rows: readonly (readonly [why: string, body: Buffer])[] = [
    ["without a name", lines(part('filename="x"', "1"), END)],
    ["of another disposition", lines(`--${BOUNDARY}`, "Content-Disposition: inline", "", "", END)],
    ["without a disposition", lines(`--${BOUNDARY}`, "Content-Type: text/plain", "", "1", END)],
    [
      "with a part that has no header",
      lines(`--${BOUNDARY}`, "no header", part('name="a"', "1"), END),
    ],
    ["that is empty", Buffer.alloc(0)],
    ["with another boundary", lines("--other", "", "1", "--other--", "")],
  ];
  for (const [why, body] of rows) {
    test(why, () => refuses(multipartRequest(body).form(), 400));
  }

  for (const [type, status] of [
    ["multipart/form-data", 400],
    [`multipart/form-data; boundary=${"x".repeat(71)}`, 400],
    ["multipart/mixed; boundary=x", 415],
  ] as const) {
    test(`as ${type.slice(0, 50)}`, async () => {
      const asked = environOf({ method: "POST", body: "x", headers: { "Content-Type": type } });
      await refuses(new HttpRequest(asked).form(), status);
    });
  }
});

describe("a limit of a multipart form is kept", () => {
  const file = part('name="f"; filename="x"', "12345");
  const body = lines(part('name="a"', "12"), file, file, END);
  for (const limits of [
    { total: body.length - 1 },
    { parts: 2 },
    { files: 1 },
    { file: 4 },
    { fields: 2 },
    { headers: 20 },
  ]) {
    test(`${JSON.stringify(limits)}`, async () => {
      await refuses(multipartRequest(body).form(limits), 413);
      const unknown = multipartRequest(body);
      const { CONTENT_LENGTH: _, ...environ } = unknown.environ;
      await refuses(new HttpRequest(environ).form(limits), 413);
    });
  }

  test("at which nothing is too much", async () => {
    const limits = { total: body.length, parts: 3, files: 2, file: 5, fields: 3, headers: 200 };
    assert.equal([...(await multipartRequest(body).form(limits))].length, 3);
  });
});

describe("parts", () => {
  const body = lines(
    part('name="a"', "1"),
    part('name="f"; filename="x"', "x".repeat(300_000)),
    part('name="b"', "2"),
    END,
  );

  test("come as they are, one after the other", async () => {
    const seen: unknown[] = [];
    for await (const each of multipartRequest(body, [100, 70_000, 200_000]).parts()) {
      const size = (await each.bytes()).length;
      seen.push([each.name, each.filename, each.mediaType, size]);
    }
    assert.deepEqual(seen, [
      ["a", undefined, "text/plain", 1],
      ["f", "x", "application/octet-stream", 300_000],
      ["b", undefined, "text/plain", 1],
    ]);
  });

  test("that nobody reads are passed over", async () => {
    const names: string[] = [];
    for await (const each of multipartRequest(body, [100, 70_000]).parts()) names.push(each.name);
    assert.deepEqual(names, ["a", "f", "b"]);
  });

  test("that are left half read are passed over", async () => {
    const seen: string[] = [];
    for await (const each of multipartRequest(body, [100, 70_000, 140_000]).parts()) {
      for await (const _ of each) break;
      seen.push(each.name);
    }
    assert.deepEqual(seen, ["a", "f", "b"]);
  });

  test("are not read twice", async () => {
    for await (const each of multipartRequest(body).parts()) {
      await each.text();
      await assert.rejects(each.text(), /was read already/);
      break;
    }
  });

  test("fail where they are read when the body does", async () => {
    const parts = multipartRequest(body.subarray(0, 1000)).parts();
    assert.equal((await parts.next()).value?.name, "a");
    const { value } = await parts.next();
    await refuses(value?.bytes() ?? Promise.resolve(), 400);
    await refuses(parts.next(), 400);
  });
});
