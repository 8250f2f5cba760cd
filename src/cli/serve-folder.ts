/** `portico http.server` and `portico static`: the files of a directory, for as long as somebody watches. */
import { hasCode } from "../buffers/system-error.ts";
import { type MakeServerOptions, RunningServer } from "../embed/make-server.ts";
import { handleSignals } from "../embed/signals.ts";
import { VERSION } from "../embed/version.ts";
import { requestLineTime } from "../log/local-time.ts";
import { createLogger, type Logger } from "../log/logger.ts";
import { type Address, urlOf } from "../server/addresses.ts";
import { ListenError } from "../server/listeners.ts";
import type { Application } from "../wsgi/types.ts";
import { DEFAULT_PORT } from "./bind-address.ts";
import { folderApplication } from "./folder-application.ts";
import {
  FOLDER_SETTINGS,
  type FolderOrder,
  type FolderSettings,
  type FolderWord,
  parseFolder,
} from "./folder-settings.ts";
import { commandHelp, versionText } from "./help.ts";
import type { LiveFolder } from "./live-folder.ts";
import { print } from "./page.ts";
import { requestLines } from "./request-lines.ts";
import { readTlsFiles } from "./tls-files.ts";
import type { TlsWords } from "./tls-settings.ts";

function introduction(word: FolderWord): string {
  return `usage: portico ${word} [OPTIONS] [PORT]

Serves the files of a directory, that of --directory or the working directory, over HTTP.
PORT is ${DEFAULT_PORT} if not given, or the next that is free; 0 takes any. Options of Python's
http.server have their names and meanings; docs/http-server.md tells what is different.

Exit status: 0 stopped, 1 address, directory or TLS files, 2 usage.`;
}

/** Ports behind the usual one that are tried where that is taken. */
const PORTS_TRIED = 20;

/** How long answers may go on when the server is told to end by TERM, in milliseconds. */
const GRACE = 10_000;

export async function serveFolder(argv: readonly string[], word: FolderWord): Promise<void> {
  const command = parseFolder(argv, word);
  if (command.kind === "serve") return serve(command);
  const isHelp = command.kind === "help";
  await print(isHelp ? commandHelp(introduction(word), FOLDER_SETTINGS) : versionText(VERSION));
}

async function serve(order: FolderOrder): Promise<void> {
  const { settings } = order;
  const log = createLogger({ destination: process.stderr, level: "warning" });
  const live = settings.live ? await openLive(settings.directory, log) : undefined;
  const application = folderApplication(settings, live?.middleware);
  const server = await openServer(order, application, log);
  const stopping = { isInterrupted: false };
  process.once("SIGINT", () => {
    stopping.isInterrupted = true;
    process.stdout.write("\nKeyboard interrupt received, exiting.\n");
  });
  const stop = async (isHurried: boolean): Promise<void> => {
    await live?.close();
    await server.close(isHurried || stopping.isInterrupted ? 0 : GRACE);
  };
  handleSignals({ stop }, log);
  server.start();
  const [address] = server.addresses;
  if (address?.kind === "tcp") await print(startLine(address));
  if (settings.open) await openBrowser(browserUrl(server.url), log);
}

async function openServer(
  { port, settings, tls }: FolderOrder,
  application: Application,
  log: Logger,
): Promise<RunningServer> {
  const options = serverOptions(settings, tls, log);
  const host = settings.bind;
  const listen = (on: number): Promise<RunningServer> =>
    RunningServer.open(application, [{ kind: "tcp", host, port: on }], options);
  const server = port === undefined ? await onFreePort(listen) : await listen(port);
  if (port === undefined && server.port !== DEFAULT_PORT) {
    process.stderr.write(`Port ${DEFAULT_PORT} is taken, so this is another: ${server.port}\n`);
  }
  if (ALL_INTERFACES.has(host)) {
    process.stderr.write(
      "Warning: whoever reaches this machine can read these files; --bind 127.0.0.1 keeps them to this machine\n",
    );
  }
  return server;
}

const ALL_INTERFACES: ReadonlySet<string> = new Set(["0.0.0.0", "::", "::0", "0"]);

function serverOptions(settings: FolderSettings, words: TlsWords, log: Logger): MakeServerOptions {
  const tls = readTlsFiles(words);
  const time = requestLineTime();
  return {
    log,
    ...(tls && { tls }),
    timeouts: {
      // A listing of a slow disk, or a page's stream of events, may take what it takes.
      application: Number.POSITIVE_INFINITY,
      ...(settings.protocol === "HTTP/1.0" && { keepAlive: 0 }),
    },
    // As in Python: who serves files on a whim trusts nobody's word about clients.
    proxies: { forwardedAllowIps: "" },
    onExchange: (exchange) => process.stderr.write(requestLines(exchange, time)),
  };
}

/** @throws {ListenError} for what is no port's fault */
async function onFreePort(
  listen: (port: number) => Promise<RunningServer>,
): Promise<RunningServer> {
  for (let port = DEFAULT_PORT; port <= DEFAULT_PORT + PORTS_TRIED; port += 1) {
    try {
      return await listen(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return listen(0);
}

function isTaken(error: unknown): boolean {
  return error instanceof ListenError && hasCode(error.cause, "EADDRINUSE");
}

/** In the words of Python's `http.server`. */
function startLine(address: Extract<Address, { kind: "tcp" }>): string {
  const url = urlOf(address);
  const protocol = address.isTls ? "HTTPS" : "HTTP";
  return `Serving ${protocol} on ${address.host} port ${address.port} (${url}/) ...\n`;
}

/** A browser reaches no wildcard. */
function browserUrl(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

async function openBrowser(url: string, log: Logger): Promise<void> {
  const { default: open } = await import("open");
  try {
    const browser = await open(url);
    browser.once("error", (error) => log.warning(`No browser opened ${url}: ${error.message}`));
  } catch (error) {
    // Whoever reads the start line can open it by hand.
    log.warning(`No browser opened ${url}: ${String(error)}`);
  }
}

/** What `--live` needs is loaded with it. */
async function openLive(directory: string, log: Logger): Promise<LiveFolder> {
  const { LiveFolder } = await import("./live-folder.ts");
  return LiveFolder.open(directory, log);
}
