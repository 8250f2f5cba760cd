/** The tables of works and servers agree with each other and with the files they name. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { serversOf } from "../../bench/plan.ts";
import type { Served } from "../../bench/servers/bench-server.ts";
import { SERVERS } from "../../bench/servers/servers.ts";
import { WORKS } from "../../bench/works.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const SERVED: Served = {
  application: "hello",
  port: "8000",
  threads: 8,
  workers: undefined,
  idleSeconds: undefined,
  scratch: "/nowhere",
};

const ENDINGS = { python: ".py", typescript: ".ts" } as const;

function namesOf(rows: readonly { readonly name: string }[]): string[] {
  return rows.map(({ name }) => name);
}

/** The names in front of `==`, as pip writes them. */
function pinned(): string[] {
  const pins = readFileSync(join(repositoryRoot, "peers", "requirements.txt"), "utf8");
  return [...pins.matchAll(/^(\w[^=]*)==/gm)].map(([, name = ""]) => name);
}

function nodePackages(): string[] {
  const file = join(repositoryRoot, "peers", "node", "package.json");
  // It is a file of this repository.
  const { dependencies } = JSON.parse(readFileSync(file, "utf8")) as { dependencies: object };
  return Object.keys(dependencies);
}

describe("the table of works", () => {
  test("has each name once", () => {
    assert.deepEqual([...new Set(namesOf(WORKS))], namesOf(WORKS));
  });

  for (const work of WORKS) {
    test(`${work.name} has servers that there are, Portico first`, () => {
      assert.equal(namesOf(serversOf(work))[0], "Portico");
      assert.deepEqual([...new Set(work.servers)], work.servers);
    });

    const { language, application } = work;
    if (language === "files") continue;
    test(`${work.name} has an application that there is`, () => {
      const file = join(repositoryRoot, "bench", "apps", `${application}${ENDINGS[language]}`);
      assert.ok(existsSync(file), file);
    });
  }
});

for (const [language, servers] of Object.entries(SERVERS)) {
  describe(`the table of servers of ${language}`, () => {
    test("has each name once", () => {
      assert.deepEqual([...new Set(namesOf(servers))], namesOf(servers));
    });

    for (const { name, needs, command } of servers) {
      test(`${name} is told its port, and what it needs is pinned`, () => {
        assert.match(command(SERVED).join(" "), /8000/);
        const known = [...pinned().map((each) => `pip:${each}`), "pip:mod_wsgi-httpd"];
        const all = [...known, ...nodePackages().map((each) => `npm:${each}`), "command:nginx"];
        assert.deepEqual(
          needs.filter((need) => !all.includes(need)),
          [],
        );
      });
    }
  });
}
