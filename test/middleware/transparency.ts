/** What a middleware leaves alone: found by asking the application with it and without it. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ask, type RequestParts } from "../../src/client/client-connection.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { REQUESTS, type ShownAnswer, shownAnswer, TARGETS } from "../contract/answers.ts";
import { ContractServer } from "../contract/contract-server.ts";
import {
  findsNothingInMiddleware,
  findsNothingInTheServer,
  findsWhatApplicationsAreFor,
} from "../contract/lint-contract.ts";
import { contract, type Subject } from "../contract/wsgi-contract.ts";
import { serveApplication } from "../support/serve-application.ts";
import type { MiddlewareRow } from "./middleware-rows.ts";

/** What a proxy adds, and fields that it does not. */
const FIELDS: RequestParts = {
  fields: [
    ["X-Forwarded-For", "203.0.113.9"],
    ["X-Forwarded-Proto", "https"],
    ["X-Forwarded-Host", "shop.example"],
    ["X-Forwarded-Prefix", "/outer"],
    ["Content-Type", "text/x; charset=utf-8"],
    ["x-lower", "\xe9\xff"],
    ["X-Empty", ""],
    ["Cookie", "a=1"],
    ["Cookie", "b=2"],
  ],
  body: "12345",
};

/** They tell connections and servers apart, not applications. */
const OF_THE_CONNECTION = ["REMOTE_PORT", "SERVER_PORT"];

/** The whole contract, kept through the middleware, and the same answers as without it. */
export function transparency(row: MiddlewareRow): void {
  const { applications, wrapped, linted } = row;
  if (row.isTriedUnderLint !== true) {
    contract(row.name, applications.traits, () => serve(row, wrapped), [
      (subject) => comparison(row, subject),
    ]);
  }
  contract(`${row.name} between lints`, applications.traits, () => serve(row, linted.application), [
    (subject) => comparison(row, subject),
    (subject) => verdict(row, subject),
  ]);
}

/** One of the row's applications, where the middleware has it. */
export async function serve(row: MiddlewareRow, application: Application): Promise<ContractServer> {
  const { log } = row.applications;
  log.forget();
  return new ContractServer(await serveApplication(application, {}, log), row.prefix);
}

export async function serveBare({ applications }: MiddlewareRow): Promise<ContractServer> {
  return new ContractServer(await serveApplication(applications.bare, {}, applications.log));
}

/** Those of the targets that are answered otherwise by one server than by the other. */
export async function answeredOtherwise(
  servers: readonly ContractServer[],
  targets: readonly string[],
  compared: (answer: ShownAnswer) => object = (answer) => answer,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const target of targets) {
    for (const [method, parts] of REQUESTS) {
      const answers: object[] = [];
      for (const server of servers) {
        answers.push(compared(await shownAnswer(server, method, target, parts)));
      }
      if (!isDeepStrictEqual(answers[0], answers[1])) found.add(target);
    }
  }
  return [...found];
}

function comparison(row: MiddlewareRow, wrapped: Subject): void {
  describe("beside the application without it", () => {
    let bare: ContractServer | undefined;
    before(async () => {
      bare = await serveBare(row);
    });
    after(async () => {
      await bare?.[Symbol.asyncDispose]();
    });

    test("leaves status, headers and body of every answer alone", async () => {
      assert.ok(bare !== undefined);
      assert.deepEqual(await answeredOtherwise([bare, wrapped()], TARGETS), []);
    });

    test("changes no variable of the environ but its own", async () => {
      assert.ok(bare !== undefined);
      const target = wrapped().target("/environment/a%20b?c=%20");
      const without = await environSeen(bare, target);
      const within = await environSeen(wrapped(), target);
      const names = new Set([...Object.keys(without), ...Object.keys(within)]);
      const changed = [...names].filter((name) => without[name] !== within[name]);
      assert.deepEqual(changed.sort(), row.owns);
    });
  });
}

function verdict({ language, linted, prefix }: MiddlewareRow, subject: Subject): void {
  const findings = (): Promise<readonly Finding[]> => linted.findings(subject());
  describe("lint on both sides", () => {
    findsNothingInTheServer(findings);
    findsNothingInMiddleware(findings);
    if (language !== undefined) findsWhatApplicationsAreFor(language, findings, prefix);
  });
}

/** By a request whose target is the same for both. */
async function environSeen(
  server: ContractServer,
  target: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { port } = server;
  const { body } = await ask(port, "POST", target, FIELDS);
  // The environment application answers with this.
  const { strings, flags } = JSON.parse(body.toString()) as Record<"strings" | "flags", object>;
  const seen: Record<string, unknown> = { ...strings, ...flags };
  for (const name of OF_THE_CONNECTION) delete seen[name];
  return seen;
}
