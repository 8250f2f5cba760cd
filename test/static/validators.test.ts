/** Conditional requests: RFC 9110 §13.1 field by field, and §13.2.2, which of them comes first. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Conditions, judgeConditions, rangeHolds } from "../../src/static/validators.ts";

const STRONG = {
  etag: '"xyzzy"',
  lastModified: "Sat, 29 Oct 1994 19:43:31 GMT",
  isWeak: false,
  hasSharedDate: false,
};
const WEAK = { ...STRONG, etag: 'W/"xyzzy"', isWeak: true };
const EARLIER = "Sat, 29 Oct 1994 19:43:30 GMT";
const LATER = "Sat, 29 Oct 1994 19:43:32 GMT";

const NONE_MATCH = { HTTP_IF_NONE_MATCH: '"xyzzy"' };

describe("judgeConditions()", () => {
  for (const [conditions, verdict] of [
    [{}, "go-on"],
    [{ HTTP_IF_NONE_MATCH: '"xyzzy"' }, "not-modified"],
    [{ HTTP_IF_NONE_MATCH: 'W/"xyzzy"' }, "not-modified"],
    [{ HTTP_IF_NONE_MATCH: '"r2d2xxxx", "xyzzy", "c3piozzzz"' }, "not-modified"],
    [{ HTTP_IF_NONE_MATCH: '"a,b" ,W/"xyzzy"' }, "not-modified"],
    [{ HTTP_IF_NONE_MATCH: "*" }, "not-modified"],
    [{ HTTP_IF_NONE_MATCH: '"other"' }, "go-on"],
    [{ HTTP_IF_NONE_MATCH: "xyzzy" }, "go-on"],
    [{ HTTP_IF_NONE_MATCH: "" }, "go-on"],
    [{ HTTP_IF_MATCH: '"xyzzy"' }, "go-on"],
    [{ HTTP_IF_MATCH: "*" }, "go-on"],
    [{ HTTP_IF_MATCH: '"other", "xyzzy"' }, "go-on"],
    [{ HTTP_IF_MATCH: '"other"' }, "precondition-failed"],
    [{ HTTP_IF_MATCH: 'W/"xyzzy"' }, "precondition-failed"],
    [{ HTTP_IF_MODIFIED_SINCE: STRONG.lastModified }, "not-modified"],
    [{ HTTP_IF_MODIFIED_SINCE: LATER }, "not-modified"],
    [{ HTTP_IF_MODIFIED_SINCE: "Saturday, 29-Oct-94 19:43:31 GMT" }, "not-modified"],
    [{ HTTP_IF_MODIFIED_SINCE: "Sat Oct 29 19:43:31 1994" }, "not-modified"],
    [{ HTTP_IF_MODIFIED_SINCE: EARLIER }, "go-on"],
    [{ HTTP_IF_MODIFIED_SINCE: "2026-01-01" }, "go-on"],
    [{ HTTP_IF_UNMODIFIED_SINCE: STRONG.lastModified }, "go-on"],
    [{ HTTP_IF_UNMODIFIED_SINCE: LATER }, "go-on"],
    [{ HTTP_IF_UNMODIFIED_SINCE: EARLIER }, "precondition-failed"],
    [{ HTTP_IF_UNMODIFIED_SINCE: "yesterday" }, "go-on"],
    // Entity-tags come before dates, and what must hold before what need not.
    [{ HTTP_IF_MATCH: '"xyzzy"', HTTP_IF_UNMODIFIED_SINCE: EARLIER }, "go-on"],
    [{ HTTP_IF_NONE_MATCH: '"other"', HTTP_IF_MODIFIED_SINCE: LATER }, "go-on"],
    [{ ...NONE_MATCH, HTTP_IF_MODIFIED_SINCE: EARLIER }, "not-modified"],
    [{ ...NONE_MATCH, HTTP_IF_MATCH: '"other"' }, "precondition-failed"],
    [{ ...NONE_MATCH, HTTP_IF_UNMODIFIED_SINCE: EARLIER }, "precondition-failed"],
  ] satisfies [Conditions, string][]) {
    test(`says ${verdict} of ${JSON.stringify(conditions)}`, () => {
      assert.equal(judgeConditions(conditions, STRONG), verdict);
    });
  }

  test("a weak entity-tag is good for a cache, and not for If-Match", () => {
    assert.equal(judgeConditions({ HTTP_IF_NONE_MATCH: '"xyzzy"' }, WEAK), "not-modified");
    assert.equal(judgeConditions({ HTTP_IF_MATCH: 'W/"xyzzy"' }, WEAK), "precondition-failed");
    assert.equal(judgeConditions({ HTTP_IF_MATCH: "*" }, WEAK), "go-on");
  });
});

test("If-Range holds for a strong validator that is the same, and for no other", () => {
  assert.ok(rangeHolds(undefined, STRONG));
  assert.ok(rangeHolds(undefined, WEAK));
  assert.ok(rangeHolds('"xyzzy"', STRONG));
  assert.ok(rangeHolds(STRONG.lastModified, STRONG));
  for (const field of ['W/"xyzzy"', '"other"', EARLIER, LATER, ""]) {
    assert.equal(rangeHolds(field, STRONG), false, field);
  }
  assert.equal(rangeHolds('W/"xyzzy"', WEAK), false);
  assert.equal(rangeHolds(WEAK.lastModified, WEAK), false);
  const shared = { ...STRONG, hasSharedDate: true };
  assert.ok(rangeHolds(shared.etag, shared));
  assert.equal(rangeHolds(shared.lastModified, shared), false);
});
