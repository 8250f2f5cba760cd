/** The environment variables of Python's own: https://docs.python.org/3/using/cmdline.html#environment-variables. */
import { delimiter, resolve } from "node:path";

type Variables = Readonly<Record<string, string | undefined>>;

/** What Python asks of them while it starts: what a snapshot of its memory has decided already. */
const READ_AT_BOOT = [
  ...[
    "PYTHONDEBUG",
    "PYTHONDEVMODE",
    "PYTHONFAULTHANDLER",
    "PYTHONHASHSEED",
    "PYTHONINTMAXSTRDIGITS",
  ],
  ...["PYTHONIOENCODING", "PYTHONMALLOC", "PYTHONNODEBUGRANGES", "PYTHONOPTIMIZE"],
  ...["PYTHONPROFILEIMPORTTIME", "PYTHONTRACEMALLOC", "PYTHONUTF8", "PYTHONVERBOSE"],
  ...["PYTHONWARNDEFAULTENCODING", "PYTHONWARNINGS"],
] as const;

/** Of `env`; an interpreter that is given some begins without a snapshot. */
export function readAtBoot(env: Variables): Record<string, string> {
  return Object.fromEntries(
    READ_AT_BOOT.flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  );
}

/** The entries of `PYTHONPATH`. Python is told of them when it sees them: it remembers what was missing. */
export function searchPathOf({ PYTHONPATH = "" }: Variables): string[] {
  return PYTHONPATH.split(delimiter).flatMap((path) => (path === "" ? [] : [resolve(path)]));
}
