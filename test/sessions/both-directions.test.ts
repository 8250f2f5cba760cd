/** What is signed here is read by the real libraries, and what they sign is read here. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { djangoSession } from "../../src/sessions/django-session.ts";
import { DjangoSignedCookies } from "../../src/sessions/django-signed-cookie.ts";
import {
  djangoSigner,
  djangoSigning,
  djangoTimestampSigner,
} from "../../src/sessions/django-signing.ts";
import { flaskSession } from "../../src/sessions/flask-session.ts";
import {
  itsdangerousSigner,
  itsdangerousTimestampSigner,
  urlSafeSerializer,
  urlSafeTimedSerializer,
} from "../../src/sessions/itsdangerous.ts";
import type { SessionFormat } from "../../src/sessions/session-format.ts";
import type { Secret } from "../../src/sessions/signer.ts";
import { BadDataError, SignatureExpiredError } from "../../src/sessions/signing-errors.ts";
import { buildValue, type Description, describeValue, MadeUpValues } from "./described-values.ts";
import { acceptedValue, askPython, type Outcome } from "./real-signing.ts";

const NOW = 1_795_300_000;
const KEY = "a secret ключ";

/** What both sides can do with values or texts under a key. */
interface Signs {
  dumps(value: unknown): string;
  loads(text: string): unknown;
}

interface Row {
  readonly name: string;
  /** The names of the acts of real_signing.py. */
  readonly dumps: string;
  readonly loads: string;
  /** What they are told besides. */
  readonly told: Readonly<Record<string, unknown>>;
  readonly values: "tagged" | "plain" | "texts";
  readonly here: (keys: Keys) => Signs;
}

interface Keys {
  readonly secretKey: Secret;
  readonly secretKeyFallbacks?: readonly Secret[];
  readonly now: () => number;
}

const TEXTS = ["", "a", "a.b:c", "é\u{1f600}", "x".repeat(300), "."];

const ROWS: readonly Row[] = [
  {
    name: "Flask's session",
    ...acts("flask", "dumps"),
    told: {},
    values: "tagged",
    here: (keys) => ofSession(flaskSession(keys)),
  },
  {
    name: "URLSafeSerializer",
    ...acts("itsdangerous", "dumps"),
    told: { class: "URLSafeSerializer" },
    values: "plain",
    here: urlSafeSerializer,
  },
  {
    name: "URLSafeTimedSerializer by SHA-512, with a salt",
    ...acts("itsdangerous", "dumps"),
    told: {
      class: "URLSafeTimedSerializer",
      options: { salt: "reset", key_derivation: "concat", digest: "sha512" },
    },
    values: "plain",
    here: (keys) => {
      return urlSafeTimedSerializer({
        ...keys,
        salt: "reset",
        keyDerivation: "concat",
        digest: "sha512",
      });
    },
  },
  {
    name: "itsdangerous.Signer",
    ...acts("itsdangerous", "sign"),
    told: { class: "Signer", options: { key_derivation: "none", sep: "|" } },
    values: "texts",
    here: (keys) =>
      ofSigner(itsdangerousSigner({ ...keys, keyDerivation: "none", separator: "|" })),
  },
  {
    name: "itsdangerous.TimestampSigner",
    ...acts("itsdangerous", "sign"),
    told: { class: "TimestampSigner" },
    values: "texts",
    here: (keys) => ofSigner(itsdangerousTimestampSigner(keys)),
  },
  {
    name: "django.core.signing.Signer",
    ...acts("django", "sign"),
    told: { class: "Signer", options: { salt: "a salt", algorithm: "sha1" } },
    values: "texts",
    here: (keys) => ofSigner(djangoSigner({ ...keys, salt: "a salt", digest: "sha1" })),
  },
  {
    name: "django.core.signing.TimestampSigner",
    ...acts("django", "sign"),
    told: { class: "TimestampSigner" },
    values: "texts",
    here: (keys) => ofSigner(djangoTimestampSigner(keys)),
  },
  {
    name: "django.core.signing.dumps",
    ...acts("django", "dumps"),
    told: {},
    values: "plain",
    here: (keys) => djangoSigning(keys),
  },
  {
    name: "django.core.signing.dumps, compressed, with a salt",
    ...acts("django", "dumps"),
    told: { compress: true, options: { salt: "mail" } },
    values: "plain",
    here: (keys) => djangoSigning({ ...keys, salt: "mail", compress: true }),
  },
  {
    name: "Django's session",
    ...acts("django session", "dumps"),
    told: {},
    values: "plain",
    here: (keys) => ofSession(djangoSession(keys)),
  },
];

for (const row of ROWS) {
  describe(row.name, () => {
    const values = valuesOf(row);
    const told = { key: KEY, now: NOW, ...row.told };
    const here = row.here(keysAt(NOW));
    const signedHere = values.map((value) => here.dumps(buildValue(value)));
    let outcomes: readonly Outcome[] = [];
    const madeThere = (): readonly Outcome[] => outcomes.slice(0, values.length);
    const readThere = (): readonly Outcome[] => outcomes.slice(values.length, 2 * values.length);
    const judgedThere = (): readonly Outcome[] => outcomes.slice(2 * values.length);

    before(() => {
      outcomes = askPython([
        ...values.map((value) => ({ ...told, do: row.dumps, value })),
        ...signedHere.map((text) => ({ ...told, do: row.loads, text })),
        { ...told, do: row.loads, text: signedHere.at(-1), key: "another" },
        { ...told, do: row.loads, text: signedHere.at(-1), key: "new", fallbacks: ["old", KEY] },
      ]);
    });

    test("reads there what is signed here", () => {
      assert.deepEqual(readThere().map(acceptedValue), values);
    });

    test("reads here what is signed there", () => {
      const read = madeThere().map((outcome) =>
        describeValue(here.loads(String(acceptedValue(outcome)))),
      );
      assert.deepEqual(read, values);
    });

    test("is refused with another key, on both sides", () => {
      const other = row.here({ ...keysAt(NOW), secretKey: "another" });
      const [made] = madeThere();
      assert.throws(() => other.loads(String(acceptedValue(made))), { name: "BadSignatureError" });
      const [refused] = judgedThere();
      // Django's session is empty then, and says nothing.
      const isSession = row.dumps === "django session dumps";
      if (isSession) assert.deepEqual(refused, { value: { dict: [] } });
      else assert.ok(refused !== undefined && "error" in refused);
    });

    test("is read with the earlier key after a rotation, on both sides", () => {
      const rotated = { ...keysAt(NOW), secretKey: "new", secretKeyFallbacks: ["old", KEY] };
      const made = String(acceptedValue(madeThere().at(-1)));
      assert.deepEqual(describeValue(row.here(rotated).loads(made)), values.at(-1));
      assert.deepEqual(acceptedValue(judgedThere()[1]), values.at(-1));
      assert.throws(() => here.loads(row.here(rotated).dumps(buildValue(values.at(-1)))), {
        name: "BadSignatureError",
      });
    });

    test("is refused when any character of it is another", () => {
      const text = String(acceptedValue(madeThere().at(-1)));
      for (let at = 0; at < text.length; at += 1) {
        const other = text.charAt(at) === "A" ? "B" : "A";
        const tampered = text.slice(0, at) + other + text.slice(at + 1);
        assert.throws(() => here.loads(tampered), { name: "BadSignatureError" });
        assert.throws(() => here.loads(text.slice(0, at)), { name: "BadSignatureError" });
      }
    });
  });
}

test("nothing is accepted here that the libraries refuse, however it was changed", () => {
  const changes = new MadeUpValues(11, "plain");
  const tries = ROWS.flatMap((row) => {
    const here = row.here(keysAt(NOW));
    const texts = valuesOf(row)
      .slice(-20)
      .map((value) => here.dumps(buildValue(value)));
    return texts
      .flatMap((text) => Array.from({ length: 10 }, () => changed(text, changes)))
      .map((text) => ({ row, here, text }));
  });
  const there = askPython(
    tries.map(({ row, text }) => ({ key: KEY, now: NOW, ...row.told, do: row.loads, text })),
  );
  let accepted = 0;
  for (const [at, { row, here, text }] of tries.entries()) {
    const read = readUnlessBad(here, text);
    if (read === undefined) continue;
    accepted += 1;
    assert.deepEqual(read.value, acceptedValue(there[at]), `${row.name}: ${JSON.stringify(text)}`);
  }
  assert.ok(accepted > 0 && accepted < tries.length / 2);
});

/** @throws {Error} what is no {@link BadDataError} */
function readUnlessBad(here: Signs, text: string): { value: Description } | undefined {
  try {
    return { value: describeValue(here.loads(text)) };
  } catch (error) {
    if (error instanceof BadDataError) return undefined;
    throw error;
  }
}

/** Something is inserted, left out, doubled, or exchanged. */
function changed(text: string, by: MadeUpValues): string {
  const at = by.below(text.length + 1);
  const inserted = ["=", " ", "\n", ".", ":", "-", "_", "+", "/", "A", "\x00", "é", "%"];
  const part = inserted[by.below(inserted.length)] ?? "";
  const ways = [
    () => text.slice(0, at) + part + text.slice(at),
    () => text.slice(0, at) + text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at - 1),
    () => text.slice(0, at) + part + text.slice(at + 1),
    () => text.toUpperCase(),
    () => text,
  ];
  return ways[by.below(ways.length)]?.() ?? text;
}

/** Where what is signed grows old, both sides agree on how old it may be. */
const AGES = [
  { name: "itsdangerous", act: "itsdangerous loads", told: { class: "URLSafeTimedSerializer" } },
  { name: "Django", act: "django loads", told: {} },
] as const;

for (const { name, act, told } of AGES) {
  test(`${name} and this agree on what has expired, to the second`, () => {
    const make = name === "Django" ? djangoSigning : urlSafeTimedSerializer;
    const text = make(keysAt(NOW)).dumps("value");
    // Half a second tells how the libraries round.
    const ages = [-2, -1, -0.5, 0, 9, 9.5, 10, 10.5, 11, 1000];
    const there = askPython(
      ages.map((age) => ({ ...told, do: act, text, key: KEY, maxAge: 10, now: NOW + age })),
    );
    const here = ages.map((age) => {
      try {
        return { value: make(keysAt(NOW + age)).loads(text, { maxAge: 10 }) };
      } catch (error) {
        assert.ok(error instanceof SignatureExpiredError);
        return { error: "SignatureExpired" };
      }
    });
    assert.deepEqual(here, there);
  });
}

test("sessions expire here when they do in Flask and Django", () => {
  for (const [format, age] of [
    [flaskSession, 31 * 86_400],
    [djangoSession, 14 * 86_400],
  ] as const) {
    const text = format(keysAt(NOW)).write(new Map([["user", "ada"]]));
    assert.equal(
      format(keysAt(NOW + age))
        .read(text)
        .get("user"),
      "ada",
    );
    assert.throws(() => format(keysAt(NOW + age + 1)).read(text), {
      name: "SignatureExpiredError",
    });
  }
});

describe("Django's signed cookies", () => {
  const cookies = new DjangoSignedCookies({ ...keysAt(NOW), salt: "läng" });
  const legacy = new DjangoSignedCookies({ ...keysAt(NOW), salt: "läng", signs: "legacy" });
  const told = { key: KEY, now: NOW, name: "theme", salt: "läng" };

  test("are read there and here, whoever has signed them", () => {
    const [made, madeLegacy, read, readLegacy] = askPython([
      { ...told, do: "django cookie sign", value: "dark" },
      { ...told, do: "django cookie sign", value: "dark", legacy: true },
      { ...told, do: "django cookie unsign", text: cookies.sign("theme", "dark") },
      { ...told, do: "django cookie unsign", text: legacy.sign("theme", "dark") },
    ]).map(acceptedValue);
    assert.equal(cookies.unsign("theme", String(made)), "dark");
    assert.equal(cookies.unsign("theme", String(madeLegacy)), "dark");
    assert.deepEqual([read, readLegacy], ["dark", "dark"]);
  });

  test("are read under their own name, with their own salt and in their time alone", () => {
    const signed = cookies.sign("theme", "dark");
    const refused = { name: "BadSignatureError" };
    assert.throws(() => cookies.unsign("themes", signed), refused);
    assert.throws(() => new DjangoSignedCookies(keysAt(NOW)).unsign("theme", signed), refused);
    const later = new DjangoSignedCookies({ ...keysAt(NOW + 11), salt: "läng" });
    assert.equal(later.unsign("theme", signed, { maxAge: 11 }), "dark");
    assert.throws(() => later.unsign("theme", signed, { maxAge: 10 }), {
      name: "SignatureExpiredError",
    });
  });

  test("are read the legacy way only where that is wanted", () => {
    const strict = new DjangoSignedCookies({ ...keysAt(NOW), salt: "läng", readsLegacy: false });
    assert.throws(() => strict.unsign("theme", legacy.sign("theme", "dark")), {
      name: "BadSignatureError",
    });
  });
});

test("an empty key is refused, and the message names the option", () => {
  const refused = { name: "SigningOptionsError", message: /^secretKey: is empty/ };
  assert.throws(() => flaskSession({ secretKey: "" }), refused);
  assert.throws(() => djangoSession({ secretKey: new Uint8Array(0) }), refused);
  assert.throws(() => new DjangoSignedCookies({ secretKey: "" }), refused);
  assert.throws(() => djangoSigner({ secretKey: "a", secretKeyFallbacks: ["b", ""] }), {
    message: /^secretKeyFallbacks\[1\]: is empty/,
  });
  assert.throws(() => djangoSigner({ secretKey: "a", separator: "_" }), {
    message: /^separator: /,
  });
});

function keysAt(seconds: number): Keys {
  return { secretKey: KEY, now: () => seconds * 1000 };
}

function acts(library: string, act: "dumps" | "sign"): Pick<Row, "dumps" | "loads"> {
  const inverse = act === "dumps" ? "loads" : "unsign";
  return { dumps: `${library} ${act}`, loads: `${library} ${inverse}` };
}

function valuesOf({ values }: Row): readonly Description[] {
  if (values === "texts") return TEXTS;
  const madeUp = new MadeUpValues(7, values);
  return Array.from({ length: 150 }, () => madeUp.session());
}

function ofSession(format: SessionFormat): Signs {
  return {
    // What is made up is an object.
    dumps: (value) => format.write(new Map(Object.entries(value as object))),
    loads: (text) => Object.fromEntries(format.read(text)),
  };
}

function ofSigner(signer: { sign(text: string): string; unsign(text: string): string }): Signs {
  return { dumps: (value) => signer.sign(String(value)), loads: (text) => signer.unsign(text) };
}
