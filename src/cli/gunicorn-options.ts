/**
 * gunicorn's options that Portico has no setting for (gunicorn 27), each with what becomes of it: a
 * command line or a configuration file that uses one is told so, and never runs in silence without
 * what it asked for.
 */
import { shown } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";

export interface GunicornOption {
  /** The short flag first; none where only the configuration file has it. */
  readonly flags: readonly string[];
  /** What gunicorn's help calls the value; an option without one is a switch. */
  readonly metavar?: string;
  /** Its name in gunicorn.conf.py. */
  readonly name: string;
  /** Values that ask for nothing Portico does not do anyway: gunicorn's default, mostly. */
  readonly idle?: readonly string[];
  /** Accepted with a line in the log, or refused. */
  readonly fate: "noted" | "refused";
  /** Why nothing is lost, or what to use. */
  readonly words: string;
}

/** Where one was given: a flag, or a file and a name in it. */
export interface GivenOption {
  readonly origin: string;
  /** None for a switch on the command line. */
  readonly value?: string;
}

/**
 * The line for the log about an option that was given; none where it asks for nothing.
 * @throws {UsageError} when Portico cannot do what it asks for
 */
export function judge(option: GunicornOption, { origin, value }: GivenOption): string | undefined {
  const isSwitch = option.metavar === undefined;
  if (value === "" || (isSwitch && value === "false")) return undefined;
  if (value !== undefined && option.idle?.includes(value)) return undefined;
  if (option.fate === "noted") return `${origin} has no effect: ${option.words}`;
  const what = value === undefined || isSwitch ? origin : `${origin} ${shown(value)}`;
  throw new UsageError(`${what} cannot be done: ${option.words}`);
}

type Row = readonly [flags: string, name: string, words: string, idle?: readonly string[]];

const ASGI = "it is for ASGI applications, and Portico serves WSGI";
export const NO_DIRTY = "Portico has no dirty arbiter";
const NO_HTTP2 = "Portico speaks HTTP/1.1; let a proxy in front of it speak HTTP/2";
const PASTE =
  "serve a module that says app = paste.deploy.loadapp('config:FILE', relative_to='.') in its place";
const SMUGGLING = "what one server takes and the next refuses lets requests be smuggled in";
const LOGGING =
  "Portico writes its lines itself; use --access-logformat, --log-level and the log files, and configure Python's logging in the application";

/** In each row: flags and the name of the value as help shows them, the name in gunicorn.conf.py. */
const NOTED: readonly Row[] = [
  [
    "--worker-connections INT",
    "worker_connections",
    "workers hold no connections; --limit-connections bounds those of the server",
    ["1000"],
  ],
  [
    "--worker-tmp-dir DIR",
    "worker_tmp_dir",
    "workers are watched over a socket, and no file is touched for it",
  ],
  [
    "--no-sendfile",
    "sendfile",
    "sendfile() is not used, and files are sent all the same",
    ["true"],
  ],
  [
    "--reuse-port",
    "reuse_port",
    "one process accepts for all workers and gives each request to the one with most room",
  ],
  [
    "--suppress-ragged-eofs",
    "suppress_ragged_eofs",
    "a client that ends its connection without the last word of TLS has left, as one over TCP has",
    ["true"],
  ],
  [
    "--do-handshake-on-connect",
    "do_handshake_on_connect",
    "a connection is nobody's before its handshake is done, and none waits for another's",
  ],
  ["--ssl-version VERSION", "ssl_version", "TLS 1.2 and 1.3 are spoken; gunicorn ignores it too"],
  [
    "--capture-output",
    "capture_output",
    "what the application prints goes to Portico's own standard output and error; with -D give -R too, and lead them to a file",
  ],
  [
    "--permit-unconventional-http-method",
    "permit_unconventional_http_method",
    "every method that RFC 9110 allows is taken",
  ],
  ["--uwsgi-allow-from ADDRESSES", "uwsgi_allow_ips", "Portico does not speak uwsgi"],
  ["--dirty-workers INT", "dirty_workers", NO_DIRTY, ["0"]],
  ["--dirty-timeout INT", "dirty_timeout", NO_DIRTY, ["300"]],
  ["--dirty-threads INT", "dirty_threads", NO_DIRTY, ["1"]],
  ["--dirty-graceful-timeout INT", "dirty_graceful_timeout", NO_DIRTY, ["30"]],
  ["--asgi-loop STRING", "asgi_loop", ASGI, ["auto"]],
  ["--asgi-lifespan STRING", "asgi_lifespan", ASGI, ["auto"]],
  ["--asgi-disconnect-grace-period INT", "asgi_disconnect_grace_period", ASGI, ["3"]],
  ["--websocket-max-message-size INT", "websocket_max_message_size", ASGI, ["16777216"]],
  ["--root-path STRING", "root_path", ASGI],
  ["--http-parser STRING", "http_parser", "Portico has one parser", ["auto"]],
  ["--http2-max-concurrent-streams INT", "http2_max_concurrent_streams", NO_HTTP2, ["100"]],
  ["--http2-initial-window-size INT", "http2_initial_window_size", NO_HTTP2, ["65535"]],
  ["--http2-max-frame-size INT", "http2_max_frame_size", NO_HTTP2, ["16384"]],
  ["--http2-max-header-list-size INT", "http2_max_header_list_size", NO_HTTP2, ["65536"]],
  ["", "default_proc_name", "--name says what the process is called", ["gunicorn"]],
  [
    "",
    "tmp_upload_dir",
    "bodies wait in memory up to four times --limit-buffer, then in files in the directory that TMPDIR names",
  ],
  [
    "",
    "secure_scheme_headers",
    "Portico takes the scheme from Forwarded and X-Forwarded-Proto of proxies it trusts (docs/proxies.md)",
  ],
];

const REFUSED: readonly Row[] = [
  [
    "-k --worker-class CLASS",
    "worker_class",
    "Portico's workers are of one kind; use --threads for more requests at a time",
    [
      "sync",
      "gthread",
      "gunicorn.workers.sync.SyncWorker",
      "gunicorn.workers.gthread.ThreadWorker",
    ],
  ],
  [
    "--protocol STRING",
    "protocol",
    "Portico speaks HTTP; in nginx, write proxy_pass in place of uwsgi_pass",
    ["http"],
  ],
  ["--http-protocols STRING", "http_protocols", NO_HTTP2, ["h1"]],
  ["--http2-cleartext STRING", "http2_cleartext", NO_HTTP2, ["off", "false"]],
  ["--permit-obsolete-folding", "permit_obsolete_folding", SMUGGLING],
  ["--strip-header-spaces", "strip_header_spaces", SMUGGLING],
  ["--permit-unconventional-http-version", "permit_unconventional_http_version", SMUGGLING],
  [
    "--casefold-http-method",
    "casefold_http_method",
    "methods are case-sensitive (RFC 9110 section 9.1); an application may fold REQUEST_METHOD itself",
  ],
  [
    "--forwarder-headers NAMES",
    "forwarder_headers",
    "use --forwarded-headers, and X-Forwarded-Prefix for SCRIPT_NAME (docs/proxies.md)",
    ["SCRIPT_NAME,PATH_INFO"],
  ],
  ["--paste --paster FILE", "paste", PASTE],
  ["--paste-global CONF", "raw_paste_global_conf", PASTE],
  [
    "--dirty-app STRING",
    "dirty_apps",
    `${NO_DIRTY}; give heavy tasks to a queue such as Celery or RQ`,
  ],
  ["--logger-class CLASS", "logger_class", LOGGING, ["gunicorn.glogging.Logger"]],
  ["--log-config FILE", "logconfig", LOGGING],
  ["--log-config-json FILE", "logconfig_json", LOGGING],
  ["", "logconfig_dict", LOGGING],
  ["--spew", "spew", "run the application under python -m trace"],
];

export const GUNICORN_OPTIONS: readonly GunicornOption[] = [
  ...NOTED.map((row) => optionOf(row, "noted")),
  ...REFUSED.map((row) => optionOf(row, "refused")),
];

function optionOf([usage, name, words, idle]: Row, fate: GunicornOption["fate"]): GunicornOption {
  const spelled = usage.split(" ").filter((word) => word !== "");
  const metavar = spelled.find((word) => !word.startsWith("-"));
  return {
    flags: spelled.filter((word) => word.startsWith("-")),
    ...(metavar !== undefined && { metavar }),
    name,
    fate,
    words,
    ...(idle !== undefined && { idle }),
  };
}
