/** Where an application's time goes: a field for each answer, and profiles for those that are asked for. */
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application, Environ, Middleware } from "../wsgi/types.ts";
import { changeHead } from "./change-head.ts";
import { CpuProfile } from "./cpu-profile.ts";
import { OptionJudge } from "./option-error.ts";
import { isWholeBody, watchedBody, whenReturned } from "./wrapped-body.ts";

export interface ProfilerOptions {
  /** Whether answers say in `Server-Timing` how long their heads took, and how long requests waited; they do. */
  readonly serverTiming?: boolean;
  /** Where profiles go, `.cpuprofile` files for the developer tools of browsers and editors; none are made without it. */
  readonly directory?: string | URL;
  /** Which requests are profiled where there is a directory; all if not given. */
  readonly when?: (environ: Environ) => boolean;
  /** Microseconds between two looks at the stack; 500 if not given. */
  readonly interval?: number;
}

const INTERVAL = 500;
/** Characters of a path in a file's name. */
const MAX_PATH = 80;

const judge = new OptionJudge("profiler");

/**
 * For development: what it tells, clients and strangers can read. V8 profiles the whole process: one
 * request at a time, with all that runs meanwhile, and nothing of Python, which runs in another process
 * (there `Server-Timing` tells the time until its answer came back, and how much of that it waited for a worker).
 *
 * @example
 * const application = profiler({ directory: "profiles", when: (environ) => environ.QUERY_STRING === "profile" })(shop);
 *
 * @throws {OptionError} the directory cannot be made, or the interval is no time
 */
export function profiler(options: ProfilerOptions = {}): Middleware {
  const { serverTiming = true, when = () => true, interval = INTERVAL } = options;
  judge.must(interval >= 1, "interval", `is ${interval}, not a number of microseconds`);
  const directory = options.directory === undefined ? undefined : made(options.directory);
  const profiles = directory === undefined ? undefined : { directory, when, interval };
  return (application) => {
    const timed = serverTiming ? withServerTiming(application) : application;
    return profiles === undefined ? timed : withProfiles(timed, profiles);
  };
}

interface Profiles {
  readonly directory: string;
  readonly when: (environ: Environ) => boolean;
  readonly interval: number;
}

function withProfiles(
  application: Application,
  { directory, when, interval }: Profiles,
): Application {
  return (environ, startResponse) => {
    const profile = when(environ) ? CpuProfile.start(interval) : undefined;
    if (profile === undefined) return application(environ, startResponse);
    const { REQUEST_METHOD: method, PATH_INFO: path, "wsgi.errors": errors } = environ;
    const tell = (line: string): void => errors.write(`profiler: ${line}\n`);
    const end = (): void => {
      const writing = write(profile, (took) => join(directory, fileName(method, path, took)));
      // Nobody waits for the file; the log tells of it.
      void writing.then(tell, (error) => tell(`no profile was written: ${error}`));
    };
    return whenReturned(
      () => application(environ, startResponse),
      (body) => {
        if (!isWholeBody(body)) return watchedBody(body, { onClosed: end });
        end();
        return body;
      },
      (error) => {
        end();
        throw error;
      },
    );
  };
}

/** Resolves with the file's path, which is made of the milliseconds that it took. */
async function write(profile: CpuProfile, pathOf: (took: number) => string): Promise<string> {
  const { text, milliseconds } = await profile.end();
  const path = pathOf(milliseconds);
  await writeFile(path, text);
  return path;
}

/** https://www.w3.org/TR/server-timing/, §3: names, and times in milliseconds. */
function withServerTiming(application: Application): Application {
  return (environ, startResponse) => {
    const startedAt = performance.now();
    const answering = changeHead(application, ({ status, headers }) => {
      const queued = (environ["portico.engine"]?.queueTime ?? 0) * 1000;
      const times = [`app;dur=${Math.max(0, performance.now() - startedAt - queued).toFixed(1)}`];
      if (queued > 0) times.push(`queue;dur=${queued.toFixed(1)}`);
      return { status, headers: [...headers, ["Server-Timing", times.join(", ")]] };
    });
    return answering(environ, startResponse);
  };
}

function made(directory: string | URL): string {
  const path = resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    return judge.cannot("directory", "cannot be made", error);
  }
  return path;
}

/** As those of Werkzeug's profiler: method, path, time taken, time of day. */
function fileName(method: string, path: string, milliseconds: number): string {
  const plain = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, ".").slice(0, MAX_PATH);
  const name = plain(path).replace(/^\.|\.$/g, "") || "root";
  return `${plain(method)}.${name}.${Math.round(milliseconds)}ms.${Date.now()}.cpuprofile`;
}
