/** What is said of a certificate and a key that cannot be used. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { makeServer } from "../../src/embed/make-server.ts";
import {
  checkCredentials,
  type TlsCredentials,
  TlsError,
  troubleWithDates,
} from "../../src/server/tls-credentials.ts";
import { Certificate, lacksOpenssl, PASSWORD } from "../support/certificates.ts";

const DAY = 86_400_000;

describe("credentials", { skip: lacksOpenssl }, () => {
  let own: Certificate;
  let other: Certificate;

  before(() => {
    own = new Certificate();
    other = new Certificate();
  });

  after(() => {
    own[Symbol.dispose]();
    other[Symbol.dispose]();
  });

  function refusal(credentials: TlsCredentials): string {
    try {
      checkCredentials(credentials);
    } catch (error) {
      if (error instanceof TlsError) return error.message;
      throw error;
    }
    return "none";
  }

  test("may be in one text, in either order", () => {
    const { cert, key } = own;
    assert.equal(refusal({ cert, key }), "none");
    assert.equal(refusal({ cert: `${cert}${key}` }), "none");
    assert.equal(refusal({ cert: Buffer.from(`${key}${cert}`) }), "none");
  });

  test("without a certificate or a key in them are refused by what is missing", () => {
    const { cert, key } = own;
    assert.match(refusal({ cert: "", key }), /^tls\.cert holds no certificate in PEM/);
    assert.match(refusal({ cert }), /^tls\.cert has no private key in it; give tls\.key$/);
    assert.match(refusal({ cert, key: cert }), /^tls\.key holds no private key in PEM/);
  });

  test("that do not belong together are refused with the certificate's name", () => {
    assert.equal(
      refusal({ cert: own.cert, key: other.key }),
      "tls.key does not belong to the certificate of CN=localhost; give the key it was made with",
    );
  });

  test("whose key is encrypted need the passphrase that opens it", () => {
    const key = readFileSync(own.encryptedKeyFile(), "utf8");
    const { cert } = own;
    assert.match(refusal({ cert, key }), /^tls\.key holds an encrypted key; give tls\.passphrase$/);
    assert.equal(refusal({ cert, key, passphrase: "no" }), "tls.passphrase does not open the key");
    assert.equal(refusal({ cert, key, passphrase: PASSWORD }), "none");
  });

  test("that are damaged are refused by the part that is", () => {
    const damaged = (pem: string): string => pem.replace(/\n[\w+/]{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
    const { cert, key } = own;
    assert.match(
      refusal({ cert: damaged(cert), key }),
      /^tls\.cert holds no readable certificate: /,
    );
    assert.match(refusal({ cert, key: damaged(key) }), /^tls\.key holds no readable key: /);
  });

  test("are told of as out of date before and after their time, and two weeks before its end", () => {
    const certificate = checkCredentials(own);
    const end = Date.parse(certificate.validTo);
    const trouble = (now: number): string => troubleWithDates(certificate, now) ?? "none";
    assert.match(trouble(Date.parse(certificate.validFrom) - 1), /^is not valid before /);
    assert.equal(trouble(Date.now()), "none");
    assert.equal(trouble(end - 14 * DAY), "none");
    assert.match(trouble(end - 14 * DAY + 1), /^expires in 13 days \(.*\): renew it$/);
    assert.match(trouble(end - DAY), /^expires in 1 day \(/);
    assert.match(trouble(end), /^expires in less than a day \(/);
    assert.match(trouble(end + 1), /^has expired \(.*renew it$/);
  });

  test("are judged before anything listens", async () => {
    const tls = { cert: own.cert, key: other.key };
    await assert.rejects(
      makeServer("127.0.0.1", 0, () => [], { tls }),
      TlsError,
    );
  });
});
