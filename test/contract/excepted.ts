/** The tests of the contract, from which a way of serving may be excepted where it cannot keep them. */
import { test as define } from "node:test";

/** Names of tests, and why each cannot be kept. */
export type Exceptions = Readonly<Record<string, string>>;

let exceptions: Exceptions = {};
let unused = new Set<string>();

/** Those that `contract` defines are skipped where they are among these; one that is not there fails. */
export function withExceptions(excepted: Exceptions, contract: () => void): void {
  exceptions = excepted;
  unused = new Set(Object.keys(excepted));
  contract();
  exceptions = {};
  const [name] = unused;
  if (name !== undefined) throw new Error(`no test is named ${JSON.stringify(name)}`);
}

/** As that of node:test. */
export function test(name: string, run: () => void | Promise<void>): void {
  const reason = exceptions[name];
  unused.delete(name);
  void define(name, reason === undefined ? {} : { skip: reason }, run);
}
