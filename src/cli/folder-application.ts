/** The files of a directory as the commands for that serve them: `staticFiles` in layers, each for an option. */
import type { FieldList } from "../client/field-list.ts";
import { changeHead } from "../middleware/change-head.ts";
import { compose } from "../middleware/compose.ts";
import { StaticFilesError, staticFiles } from "../static/static-files.ts";
import { removeHeader, setHeader } from "../wsgi/header-list.ts";
import type { Application, HeaderList, Middleware } from "../wsgi/types.ts";
import { TargetError } from "./errors.ts";
import type { FolderSettings } from "./folder-settings.ts";

/** `around` is the outermost layer, if there is one. @throws {TargetError} the directory cannot be served */
export function folderApplication(settings: FolderSettings, around?: Middleware): Application {
  const layers: Middleware[] = [];
  if (around !== undefined) layers.push(around);
  if (settings.cors) layers.push(forAllOrigins);
  if (settings.header.length > 0) layers.push(withFields(settings.header));
  return compose(...layers)(filesOf(settings));
}

function filesOf(settings: FolderSettings): Application {
  const { directory, index, dotfiles, cache, spa, list, noList, live } = settings;
  try {
    return staticFiles(directory, {
      ...{ index, dotfiles, maxAge: cache, listing: list && !noList },
      // What is put into pages is put in before they are compressed.
      precompressed: !live,
      ...(spa && { fallback: index }),
    });
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

/** A day: browsers ask for each address once (Fetch Standard, "CORS-preflight cache"). */
const PREFLIGHT_SECONDS = "86400";

/** The Fetch Standard's CORS protocol for what is public anyway: no credentials, only reading. */
const forAllOrigins: Middleware = (application) => {
  const opened = changeHead(application, ({ status, headers }) => {
    setHeader(headers, "Access-Control-Allow-Origin", "*");
    return { status, headers };
  });
  return (environ, startResponse) => {
    const isPreflight =
      environ.REQUEST_METHOD === "OPTIONS" &&
      environ.HTTP_ACCESS_CONTROL_REQUEST_METHOD !== undefined;
    if (!isPreflight) return opened(environ, startResponse);
    const fields: HeaderList = [
      ["Access-Control-Allow-Origin", "*"],
      ["Access-Control-Allow-Methods", "GET, HEAD"],
      ["Access-Control-Max-Age", PREFLIGHT_SECONDS],
    ];
    const asked = environ.HTTP_ACCESS_CONTROL_REQUEST_HEADERS;
    if (asked !== undefined) fields.push(["Access-Control-Allow-Headers", asked]);
    startResponse("204 No Content", fields);
    return [];
  };
};
