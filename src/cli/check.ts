/** `portico check`: the checker's side prints a report, the other serves what is checked. */
import { examine } from "../check/examine.ts";
import { CHECKER_VARIABLE } from "../check/messages.ts";
import { reportText } from "../check/report-text.ts";
import { type ServeCheckedOptions, serveChecked } from "../check/serve-checked.ts";
import { runtimes } from "../embed/engines.ts";
import { RunningServer } from "../embed/make-server.ts";
import { VERSION } from "../embed/version.ts";
import { createLogger } from "../log/logger.ts";
import { SURROUNDINGS } from "../middleware/lint.ts";
import { makeLint } from "../wsgi/lint.ts";
import { CHECK_SETTINGS, type CheckCommand, parseCheck } from "./check-settings.ts";
import { failure } from "./failure.ts";
import { commandHelp, versionText } from "./help.ts";
import { pageOf, print } from "./page.ts";
import { applicationOf, enterDirectory, type Order } from "./serve-target.ts";
import { checkTarget, parseTarget } from "./targets.ts";

const INTRODUCTION = `usage: portico check [OPTIONS] TARGET

Serves the application to itself, sends it requests of many kinds, and reports which rules of
PEP 3333 it keeps and which it breaks. TARGET is what "portico TARGET" would serve.

Exit status: 0 no rule is broken, 1 one is, 2 usage, 4 the application cannot be loaded.`;

type Check = Extract<CheckCommand, { kind: "check" }>;

export async function check(argv: readonly string[]): Promise<void> {
  const command = parseCheck(argv);
  const checker = process.env[CHECKER_VARIABLE];
  delete process.env[CHECKER_VARIABLE];
  if (command.kind === "check") {
    if (checker === undefined) await printReport(command, argv);
    else await serve(command, Number(checker));
  } else {
    const isHelp = command.kind === "help";
    await print(isHelp ? commandHelp(INTRODUCTION, CHECK_SETTINGS) : versionText(VERSION));
  }
}

async function serve({ target: targetText, serving }: Check, checker: number): Promise<void> {
  const target = parseTarget(targetText);
  const isPython = target.kind === "python";
  const log = createLogger({ destination: process.stderr });
  const open: ServeCheckedOptions["open"] = async (onFinding, onInnerLint) => {
    enterDirectory(serving.settings.chdir);
    Object.assign(process.env, serving.settings.env);
    checkTarget(target, process.cwd());
    const order: Order = { ...serving, target, targetText, python: { lint: "follow", onFinding } };
    const application = await applicationOf(order, log);
    // What a Python application does is judged in its worker.
    const lint = makeLint({ ...SURROUNDINGS, onInnerLint });
    const linted = isPython ? application : lint(application, { onFinding });
    return await RunningServer.open(linted, serving.settings.bind, { log });
  };
  const own = isPython ? [] : [`Node.js ${process.versions.node}`];
  await serveChecked({ checker, open, runtimes: () => [...own, ...runtimes()], failure });
}

async function printReport(command: Check, argv: readonly string[]): Promise<void> {
  const { target, check: settings } = command;
  const report = await examine({
    portico: VERSION,
    target,
    language: parseTarget(target).kind === "python" ? "python" : "typescript",
    args: ["check", ...argv],
    paths: ["/", ...settings.paths],
    bootTimeout: settings.bootTimeout,
    timeout: settings.timeout,
    fields: settings.fields,
    isStrict: settings.strict,
    ignored: settings.ignored,
  });
  const text = settings.json
    ? `${JSON.stringify(report, undefined, 2)}\n`
    : reportText(report, pageOf(process.stdout));
  process.exitCode = report.verdict === "broken" ? 1 : 0;
  await print(text);
}
