/** `--live`: the pages of a folder, which load themselves again when it changes. */
import { FolderWatcher } from "../development/folder-watcher.ts";
import { LiveReload } from "../development/live-reload.ts";
import { developmentPage } from "../development/page.ts";
import type { Logger } from "../log/logger.ts";
import { compose } from "../middleware/compose.ts";
import { type ErrorPage, errorPages } from "../middleware/error-pages.ts";
import { CONTENT_SECURITY_POLICY } from "../static/listing-look.ts";
import type { Middleware } from "../wsgi/types.ts";
import { folderRoot } from "./folder-application.ts";

/** A build begins with an empty folder: what is shown then must load itself again, too. */
const NOT_FOUND = developmentPage(
  "404 Not Found",
  "<p>There is no file for this address. This page loads itself again when files change.</p>\n",
);

export class LiveFolder {
  readonly middleware: Middleware;
  readonly #live: LiveReload;
  readonly #watcher: FolderWatcher;

  private constructor(directory: string, log: Logger) {
    const live = new LiveReload(CONTENT_SECURITY_POLICY);
    this.#live = live;
    this.#watcher = new FolderWatcher(
      folderRoot(directory),
      (paths) => live.changed(paths),
      (error) => log.warning(`--live: some changes may not be seen: ${String(error)}`),
    );
    this.middleware = compose(live.middleware, errorPages({ 404: pageForBrowsers }));
  }

  /** Changes are seen from then on. */
  static async open(directory: string, log: Logger): Promise<LiveFolder> {
    const folder = new LiveFolder(directory, log);
    await folder.#watcher.ready;
    return folder;
  }

  async close(): Promise<void> {
    this.#live.close();
    await this.#watcher.close();
  }
}

/** Terminals and scripts get the line of text that they get without `--live`. */
const pageForBrowsers: ErrorPage = ({ request }) =>
  request.environ.HTTP_ACCEPT?.includes("text/html") === true ? NOT_FOUND : undefined;
