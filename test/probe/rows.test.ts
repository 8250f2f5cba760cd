/** The table of rows: nothing that PEP 3333 requires of servers is left out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROW_GROUPS } from "../../src/probe/row.ts";
import { ROWS } from "../../src/probe/rows.ts";

/** The requirements are numbered from S1 to S92; S33 is one for each of the `wsgi.` variables. */
const REQUIREMENTS = Array.from({ length: 92 }, (_, index) => `S${index + 1}`).flatMap((number) =>
  number === "S33" ? [..."abcdefg"].map((letter) => `S33${letter}`) : [number],
);

test("every requirement on servers has a row, and every number of a row is one", () => {
  const stoodFor = new Set(ROWS.flatMap(({ requirements = [] }) => requirements));
  assert.deepEqual(
    REQUIREMENTS.filter((number) => !stoodFor.has(number)),
    [],
  );
  assert.deepEqual(
    [...stoodFor].filter((number) => !REQUIREMENTS.includes(number)),
    [],
  );
});

test("every row has a name of its own, in words that a command line can take", () => {
  const names = ROWS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  for (const name of names) assert.match(name, /^[a-z0-9]+([-.][a-z0-9]+)*$/);
});

test("the rows stand in the order of the groups", () => {
  const groups = ROWS.map(({ group }) => ROW_GROUPS.indexOf(group));
  assert.deepEqual(
    [...groups].sort((a, b) => a - b),
    groups,
  );
  assert.equal(new Set(groups).size, ROW_GROUPS.length);
});
