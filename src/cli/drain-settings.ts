/** The settings of how a server says how it is, and of how long it goes on when told to stop. */
import type { HealthPaths } from "../frontends/health.ts";
import { quoted } from "../log/escapes.ts";
import { SettingError, UsageError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { lastOf, NO_VALUE, type SettingType, wholeNumber } from "./setting-types.ts";

export interface DrainSettings {
  /** In seconds. */
  readonly drainDelay: number;
  readonly healthPath: string | undefined;
  readonly readyPath: string | undefined;
}

const pathWithoutQuery: SettingType<string | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    // What a request line may hold (RFC 9112 §3), but for what would begin a query or a fragment.
    if (/^\/[!-~]*$/.test(text) && !/[?#]/.test(text)) return text;
    throw new SettingError(origin, `${quoted(text)} is no path such as /-/healthz`);
  },
  show: (path) => path ?? NO_VALUE,
};

export const DRAIN_SETTINGS: SettingTable<DrainSettings> = {
  drainDelay: {
    section: "Worker Processes",
    flags: ["--drain-delay"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 0,
    help: "How long requests and connections are still taken when the server is told to stop, while --ready-path answers 503; then it takes no more, and --graceful-timeout begins. In the second half of it each answer is its connection's last.",
  },
  healthPath: {
    section: "Worker Processes",
    flags: ["--health-path"],
    metavar: "PATH",
    type: pathWithoutQuery,
    default: undefined,
    help: "A path that the server answers by itself, with 200 for as long as it answers at all: no worker is asked, and the access log has no line of it. It comes before the application's own.",
  },
  readyPath: {
    section: "Worker Processes",
    flags: ["--ready-path"],
    metavar: "PATH",
    type: pathWithoutQuery,
    default: undefined,
    help: "The same, with 200 while requests are wanted, and 503 with the reason while the application is loaded, while no worker serves, and from the moment the server is told to stop.",
  },
};

/** @throws {UsageError} one path cannot have both meanings */
export function healthPaths({ healthPath, readyPath }: DrainSettings): {
  readonly health?: HealthPaths;
} {
  if (healthPath === undefined && readyPath === undefined) return {};
  if (healthPath === readyPath) {
    const why = "one says that the process lives, the other that it wants requests";
    throw new UsageError(`--health-path and --ready-path are both ${healthPath}: ${why}`);
  }
  return {
    health: {
      ...(healthPath !== undefined && { path: healthPath }),
      ...(readyPath !== undefined && { readyPath }),
    },
  };
}
