/** What is read of signed payloads: the limits, and nothing before the signature is verified. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateSync } from "node:zlib";
import { djangoSigner, djangoSigning } from "../../src/sessions/django-signing.ts";
import { itsdangerousSigner, urlSafeSerializer } from "../../src/sessions/itsdangerous.ts";
import { SignedJson } from "../../src/sessions/signed-json.ts";

const secretKey = "key";

describe("a signed payload", () => {
  const json = urlSafeSerializer({ secretKey, maxBytes: 1000 });

  test("is compressed where that makes it shorter, and only there", () => {
    assert.match(json.dumps("x".repeat(500)), /^\.[\w-]{1,40}\.[\w-]{27}$/);
    assert.match(json.dumps("xyz"), /^Inh5eiI\.[\w-]{27}$/);
    assert.doesNotMatch(djangoSigning({ secretKey }).dumps("x".repeat(500)), /^\./);
  });

  test("of so many bytes is read, and of one more is not, compressed or not", () => {
    const plain = new SignedJson(djangoSigner({ secretKey }), {
      json: { dumps: JSON.stringify, loads: JSON.parse },
      compress: false,
      maxBytes: 1000,
    });
    for (const each of [json, plain]) {
      assert.equal(each.loads(each.dumps("x".repeat(998))), "x".repeat(998));
      assert.throws(() => each.loads(each.dumps("x".repeat(999))), {
        name: "BadPayloadError",
        message: "the payload is longer than 1000 bytes",
      });
    }
  });

  test("of 20 MB in 20 KB is refused", () => {
    const bomb = deflateSync(Buffer.alloc(20_000_000, 0x20)).toString("base64url");
    assert.throws(() => json.loads(signed(`.${bomb}`)), {
      name: "BadPayloadError",
      message: "the payload is longer than 1000 bytes",
    });
  });

  for (const [what, payload] of [
    ["what is no base64url", "a+b"],
    ["what cannot be decompressed", ".AAAA"],
    ["what is no UTF-8", Buffer.from([0x22, 0xff, 0x22]).toString("base64url")],
    ["nothing", ""],
  ] as const) {
    test(`that is ${what} is refused`, () => {
      assert.throws(() => json.loads(signed(payload)), { name: "BadPayloadError" });
    });
  }

  test("is not decoded unless it is signed", () => {
    let reads = 0;
    const watched = new SignedJson(djangoSigner({ secretKey }), {
      json: {
        dumps: JSON.stringify,
        loads: () => {
          reads += 1;
        },
      },
      compress: false,
      maxBytes: 1000,
    });
    assert.throws(() => watched.loads(djangoSigner({ secretKey: "other" }).sign("MQ")), {
      name: "BadSignatureError",
    });
    assert.equal(reads, 0);
    watched.loads(djangoSigner({ secretKey }).sign("MQ"));
    assert.equal(reads, 1);
  });
});

/** Any text, signed as urlSafeSerializer signs. */
function signed(payload: string): string {
  return itsdangerousSigner({ secretKey, salt: "itsdangerous" }).sign(payload);
}
