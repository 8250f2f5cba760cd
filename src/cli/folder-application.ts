/** The files of a directory as the commands for that serve them: `staticFiles` in layers, each for an option. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FieldList } from "../client/field-list.ts";
import { quoted } from "../log/escapes.ts";
import { changeHead } from "../middleware/change-head.ts";
import { compose } from "../middleware/compose.ts";
import { cors } from "../middleware/cors.ts";
import { rootOf, StaticFilesError, staticFiles } from "../static/static-files.ts";
import { removeHeader } from "../wsgi/header-list.ts";
import type { Application, Middleware } from "../wsgi/types.ts";
import { TargetError } from "./errors.ts";
import type { FolderSettings } from "./folder-settings.ts";
import { isLoopback, ownHosts } from "./own-hosts.ts";

/** A day: longer than a browser believes it (Fetch Standard, "CORS-preflight cache"). */
const PREFLIGHT_SECONDS = 86_400;

/** `around` is the outermost layer, if there is one. @throws {TargetError} the directory cannot be served */
export function folderApplication(settings: FolderSettings, around?: Middleware): Application {
  const layers: Middleware[] = isLoopback(settings.bind) ? [ownHosts(settings.bind)] : [];
  if (around !== undefined) layers.push(around);
  if (settings.header.length > 0) layers.push(withFields(settings.header));
  if (settings.cors) {
    layers.push(cors({ origins: "*", methods: ["GET", "HEAD"], maxAge: PREFLIGHT_SECONDS }));
  }
  return compose(...layers)(filesOf(settings));
}

function filesOf(settings: FolderSettings): Application {
  const { directory, index, dotfiles, cache, spa, list, noList, live } = settings;
  return forDirectory(directory, () =>
    staticFiles(directory, {
      ...{ index, dotfiles, maxAge: live ? 0 : cache, listing: list && !noList },
      // Whoever saves a file wants to see that file.
      cache: { freshness: 0 },
      // What is put into pages is put in before they are compressed.
      ...{ precompressed: !live, compress: !live },
      ...(spa && { fallback: pageOfAll(directory, index) }),
    }),
  );
}

/** Of several the first that is there, as in each directory. @throws {TargetError} none is */
function pageOfAll(directory: string, index: readonly string[]): string {
  const page = index.find((name) => existsSync(join(directory, name)));
  if (page !== undefined) return page;
  const names = index.join(" or ");
  throw new TargetError(
    `--spa: there is no ${names} in ${quoted(directory)} to answer with; name another with --index`,
  );
}

/** Where the directory is, free of symbolic links. @throws {TargetError} it cannot be served */
export function folderRoot(directory: string): string {
  return forDirectory(directory, () => rootOf(directory));
}

function forDirectory<Result>(directory: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof StaticFilesError)) throw error;
    throw new TargetError(`--directory ${directory}: ${error.message}`, { cause: error });
  }
}

/** In place of those of the same name that an answer has. */
function withFields(fields: FieldList): Middleware {
  return (application) =>
    changeHead(application, ({ status, headers }) => {
      for (const [name] of fields) removeHeader(headers, name);
      for (const [name, value] of fields) headers.push([name, value]);
      return { status, headers };
    });
}
