/** Inputs to begin with: the requests of test/corpus and, where they lie, of the public suites. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CORPUS_KINDS, readCorpus } from "../http/corpus.ts";
import { repositoryRoot } from "../support/python-environment.ts";

/** Longer inputs make a run slow and lead to nothing that shorter ones do not. */
export const MAX_SEED_BYTES = 4096;

const conformance = join(repositoryRoot, "..", "shared", "conformance");

interface SuiteCase {
  readonly raw_b64?: string;
  readonly raw_with_host_b64?: string;
}

/** Each as latin-1 text. */
export function seedInputs(): string[] {
  const cases = CORPUS_KINDS.flatMap(readCorpus).flatMap((each) => each.cases);
  const inputs = cases.map(({ bytes }) => bytes.toString("latin1"));
  if (existsSync(conformance)) inputs.push(...suiteRequests());
  return inputs.filter((text) => text !== "" && text.length <= MAX_SEED_BYTES);
}

function suiteRequests(): string[] {
  const files = readdirSync(conformance).filter((name) => name.endsWith(".json"));
  return files.flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(join(conformance, file), "utf8"));
    // What stands in a file of ../shared/conformance (its README.md).
    return (cases as readonly SuiteCase[]).flatMap((each) =>
      [each.raw_b64, each.raw_with_host_b64]
        .filter((raw) => raw !== undefined)
        .map((raw) => Buffer.from(raw, "base64").toString("latin1")),
    );
  });
}
