import assert from "node:assert/strict";
import { test } from "node:test";
import { imfFixdate } from "../../src/http/date.ts";
import { commonFields } from "../../src/server/common-fields.ts";

test("Server and Date stay the same objects until their clock and the second have moved on", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 5_000 });
  const clock = { now: 100 };
  const fields = commonFields("portico/1", clock);
  const first = fields();
  assert.deepEqual(first, {
    server: "Server: portico/1\r\n",
    date: `Date: ${imfFixdate(5_000)}\r\n`,
  });
  t.mock.timers.setTime(5_990);
  clock.now = 350;
  assert.equal(fields(), first);
  t.mock.timers.setTime(6_010);
  assert.equal(fields(), first);
  clock.now = 600;
  assert.equal(fields().date, `Date: ${imfFixdate(6_000)}\r\n`);
});
