/** `--static`, `--sendfile-root` and `--accel-redirect`: the files that the server sends for an application. */
import { resolve } from "node:path";
import type { Logger } from "../log/logger.ts";
import { compose } from "../middleware/compose.ts";
import { sendfile } from "../middleware/sendfile.ts";
import { staticFilesAt } from "../middleware/static-files-at.ts";
import { StaticFilesError, type StaticFilesOptions } from "../static/static-files.ts";
import type { Middleware } from "../wsgi/types.ts";
import { UsageError } from "./errors.ts";
import { type DirectoryTable, isEmpty } from "./files-settings.ts";
import type { Attendant } from "./service.ts";
import type { Settings } from "./settings.ts";

/** Seconds for which a file without a hash in its name may be old: WhiteNoise's minute. */
const MAX_AGE = 60;

const IN_PRODUCTION: StaticFilesOptions = { isImmutable: "hashed", maxAge: MAX_AGE };

/** Whoever saves a file wants to see that file. */
const IN_DEVELOPMENT: StaticFilesOptions = { isImmutable: "hashed", cache: { freshness: 0 } };

/**
 * What stands in front of the application.
 * @throws {UsageError} a directory is not there, named with its flag
 */
export function filesMiddleware(settings: Settings): Middleware {
  const { sendfileRoot: roots, accelRedirect: accel } = settings;
  const options = settings.reload ? IN_DEVELOPMENT : IN_PRODUCTION;
  return compose(
    ...longestFirst(settings.static).map(([path, directory]) =>
      forFlag(`--static ${path}`, () => staticFilesAt(path, directory, options)),
    ),
    ...(roots.length === 0 ? [] : [forFlag("--sendfile-root", () => sendfile({ roots }))]),
    ...(isEmpty(accel) ? [] : [forFlag("--accel-redirect", () => sendfile({ accel }))]),
  );
}

/** Says in the log which files are the server's. */
export function filesAnnouncer({ static: table, ...settings }: Settings, log: Logger): Attendant {
  const { sendfileRoot, accelRedirect } = settings;
  return {
    listening() {
      for (const [path, directory] of Object.entries(table)) {
        log.info(`Files: ${path} from ${resolve(directory)}`);
      }
      for (const root of sendfileRoot) log.info(`Files: X-Sendfile within ${resolve(root)}`);
      for (const [path, directory] of Object.entries(accelRedirect)) {
        log.info(`Files: X-Accel-Redirect ${path} from ${resolve(directory)}`);
      }
    },
  };
}

/** Of two paths the longer one says more. */
function longestFirst(table: DirectoryTable): readonly (readonly [string, string])[] {
  return Object.entries(table).sort(([one], [other]) => other.length - one.length);
}

function forFlag(flag: string, make: () => Middleware): Middleware {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof StaticFilesError)) throw error;
    throw new UsageError(`${flag}: ${error.message}; create it first, or name another`, {
      cause: error,
    });
  }
}
