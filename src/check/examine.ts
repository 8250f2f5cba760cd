/** One examination: the application is started, tried with the battery, and reported on. */

import type { FieldList } from "../client/field-list.ts";
import type { Stall } from "../embed/process-watch.ts";
import type { Finding } from "../wsgi/lint/finding.ts";
import type { Language } from "../wsgi/lint/rule.ts";
import { BATTERY } from "./battery.ts";
import { CheckedProcess } from "./checked-process.ts";
import { placeOf } from "./messages.ts";
import { type CheckReport, makeReport, type StepReport } from "./report.ts";
import { GaveUp, Visitor } from "./visitor.ts";

export interface Examination {
  readonly portico: string;
  readonly target: string;
  readonly language: Language;
  /** Arguments for this program that make it serve the application. */
  readonly args: readonly string[];
  readonly paths: readonly string[];
  /** How long the application may take to be loaded, in seconds; 0 for ever. */
  readonly bootTimeout: number;
  /** How long the application may keep a client waiting, in seconds; 0 for ever. */
  readonly timeout: number;
  /** What every request has. */
  readonly fields: FieldList;
  readonly isStrict: boolean;
  /** Names of rules whose breach is told and no failure. */
  readonly ignored: readonly string[];
}

/** Findings that are kept; what breaks a rule in every request would fill the memory. */
const MAX_FINDINGS = 10_000;

/** @throws {NotLoadedError} */
export async function examine(examination: Examination): Promise<CheckReport> {
  const { args, bootTimeout, timeout, fields, isStrict, ignored, ...about } = examination;
  const started = performance.now();
  const findings: Finding[] = [];
  const onFinding = (finding: Finding): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding);
  };
  // The thread that sees a stall knows no request; the last one that was sent is in it.
  let visited: Visitor | undefined;
  const onStall = (stall: Stall): void => {
    onFinding({ ...stallFinding(stall), request: visited?.current ?? "" });
  };
  await using visitor = await Visitor.open({
    start: () => CheckedProcess.start({ args, bootTimeout, onFinding, onStall }),
    timeout,
    fields,
    onFinding,
  });
  visited = visitor;
  const tried = await tryOut(visitor, about.paths);
  await visitor.finish();
  const { requests, statuses, hasSeenContentLength, hasInnerLint, runtimes } = visitor;
  return makeReport({
    ...about,
    runtimes,
    requests,
    ...tried,
    answers: about.paths.map((path) => visitor.answersAt(path)),
    seconds: Math.round((performance.now() - started) / 100) / 10,
    isStrict,
    ignored,
    findings,
    observed: { statuses, hasSeenContentLength, hasInnerLint },
  });
}

async function tryOut(
  visitor: Visitor,
  paths: readonly string[],
): Promise<{ readonly steps: readonly StepReport[]; readonly gaveUp?: string }> {
  const steps: StepReport[] = [];
  for (const step of BATTERY) {
    const before = visitor.requests;
    try {
      for (const path of step.for === "once" ? paths.slice(0, 1) : paths) {
        await step.run(visitor, path);
      }
    } catch (error) {
      if (!(error instanceof GaveUp)) throw error;
      return { steps, gaveUp: error.message };
    }
    steps.push({ step: step.name, requests: visitor.requests - before });
  }
  return { steps };
}

function stallFinding(stall: Stall): Omit<Finding, "request"> {
  const where = stall.stack.length === 0 ? "" : `; it is in ${placeOf(stall)}`;
  const evidence = `the event loop has not turned for ${stall.milliseconds} ms${where}`;
  return { rule: "blocks-event-loop", evidence };
}
