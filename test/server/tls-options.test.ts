/** What is said of TLS that cannot be served, beside certificate and key. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TlsError } from "../../src/server/tls-credentials.ts";
import { checkTls, type TlsOptions } from "../../src/server/tls-options.ts";
import { Certificate, lacksOpenssl } from "../support/certificates.ts";

describe("options of TLS", { skip: lacksOpenssl }, () => {
  let own: Certificate;

  before(() => {
    own = new Certificate();
  });

  after(() => own[Symbol.dispose]());

  function refusal(options: Omit<TlsOptions, "cert" | "key">): string {
    const { cert, key } = own;
    try {
      checkTls({ cert, key, ...options });
    } catch (error) {
      if (error instanceof TlsError) return error.message;
      throw error;
    }
    return "none";
  }

  test("that ask clients for certificates say who may sign them", () => {
    assert.equal(refusal({ clientCertificates: "none" }), "none");
    for (const clientCertificates of ["optional", "required"] as const) {
      assert.match(
        refusal({ clientCertificates }),
        /^tls\.clientCertificates asks clients .* without a list .*; give tls\.ca$/,
      );
      assert.equal(refusal({ clientCertificates, ca: own.cert }), "none");
    }
  });

  test("may have several authorities, each of which can be read", () => {
    const broken = own.cert.replace(/\n[\w+/]{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
    assert.equal(refusal({ ca: `first\n${own.cert}second\n${Buffer.from(own.cert)}` }), "none");
    assert.match(refusal({ ca: "" }), /^tls\.ca holds no certificate in PEM/);
    assert.match(refusal({ ca: own.key }), /^tls\.ca holds no certificate in PEM/);
    assert.match(refusal({ ca: own.cert + broken }), /^tls\.ca holds no readable certificate: /);
  });

  test("name ciphers that there are, of TLS 1.2, of 1.3 or of both", () => {
    const known = ["ECDHE+AESGCM:!aNULL", "TLS_AES_128_GCM_SHA256", "HIGH:TLS_AES_128_GCM_SHA256"];
    for (const ciphers of known) assert.equal(refusal({ ciphers }), "none", ciphers);
    for (const ciphers of ["NOPE", "TLS_NOPE"]) {
      assert.match(refusal({ ciphers }), /^tls\.ciphers names no cipher that OpenSSL knows; /);
    }
  });
});
