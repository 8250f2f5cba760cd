/**
 * Every setting, in one table: its flags, type, default and help. The command line, `--help`,
 * `--print-config` and docs/settings.md are made from it.
 */
import { DEFAULT_ACCESS_FORMAT } from "../log/access-format.ts";
import type { LogLevel } from "../log/levels.ts";
import type { Binding } from "../server/addresses.ts";
import { DEFAULT_PORT } from "./bind-address.ts";
import { CONTROL_SETTINGS, type ControlSettings } from "./control-settings.ts";
import { DEVELOPMENT_SETTINGS, type DevelopmentSettings } from "./development-settings.ts";
import { DRAIN_SETTINGS, type DrainSettings } from "./drain-settings.ts";
import { ENGINE_SETTINGS, type EngineSettings } from "./engine-settings.ts";
import { FILES_SETTINGS, type FilesSettings } from "./files-settings.ts";
import {
  CLIENT_SETTINGS,
  type ClientSettings,
  HTTP_SETTINGS,
  type HttpSettings,
} from "./http-settings.ts";
import { LOGGING_SETTINGS, type LoggingSettings } from "./logging-settings.ts";
import { MACHINE_SETTINGS, type MachineSettings } from "./machine-settings.ts";
import { MECHANICS_SETTINGS, type MechanicsSettings } from "./mechanics-settings.ts";
import { METRICS_SETTINGS, type MetricsSettings } from "./metrics-settings.ts";
import { PRELOAD_SETTINGS, type PreloadSettings } from "./preload-settings.ts";
import { PROXY_SETTINGS, type ProxySettings } from "./proxy-settings.ts";
import { QUEUE_SETTINGS, type QueueSettings } from "./queue-settings.ts";
import { RECYCLING_SETTINGS, type RecyclingSettings } from "./recycling-settings.ts";
import { type SettingTable, settingNames } from "./setting.ts";
import {
  accessFormat,
  aSwitch,
  aText,
  bindAddresses,
  directories,
  logLevel,
  optionalText,
  portOnAllInterfaces,
  wholeNumber,
} from "./setting-types.ts";
import { SYSLOG_SETTINGS, type SyslogSettings } from "./syslog-settings.ts";
import { TLS_SETTINGS, type TlsSettings } from "./tls-settings.ts";

/** Values in the units that the table's help says; times are seconds. */
export interface Settings
  extends RecyclingSettings,
    QueueSettings,
    ControlSettings,
    DrainSettings,
    EngineSettings,
    MechanicsSettings,
    MachineSettings,
    PreloadSettings,
    HttpSettings,
    TlsSettings,
    FilesSettings,
    ClientSettings,
    ProxySettings,
    MetricsSettings,
    LoggingSettings,
    SyslogSettings,
    DevelopmentSettings {
  readonly config: string | undefined;
  readonly bind: readonly Binding[];
  readonly backlog: number;
  readonly workers: number;
  readonly threads: number;
  readonly timeout: number;
  readonly gracefulTimeout: number;
  readonly bootTimeout: number;
  readonly keepAlive: number;
  readonly python: string | undefined;
  readonly pythonpath: readonly string[];
  readonly accessLogfile: string | undefined;
  readonly accessLogformat: string;
  readonly errorLogfile: string;
  readonly logLevel: LogLevel;
  readonly lint: boolean;
  readonly checkConfig: boolean;
  readonly printConfig: boolean;
}

export type SettingName = keyof Settings;

export const SETTINGS: SettingTable<Settings> = {
  config: {
    section: "Config File",
    flags: ["-c", "--config"],
    metavar: "FILE",
    type: optionalText,
    default: undefined,
    help: "The configuration file: a .ts, .js, .mjs or .json file with settings by their names here, or one in Python as gunicorn has it (PATH, file:PATH or python:MODULE). Without it: portico.config.ts, .js, .mjs or .json in the working directory, else gunicorn.conf.py.",
  },
  bind: {
    section: "Server Socket",
    flags: ["-b", "--bind"],
    metavar: "ADDRESS",
    type: bindAddresses,
    default: [{ kind: "tcp", host: "127.0.0.1", port: DEFAULT_PORT }],
    environment: { variable: "PORT", textsOf: portOnAllInterfaces },
    repeatable: true,
    help: "Where to listen: HOST:PORT, HOST, :PORT for all interfaces, [IPV6]:PORT, unix:PATH, or fd://N for a socket that is open as file descriptor N. A Unix socket is open to all users, as gunicorn's is; its directory can be closed to them. PORT in the environment means 0.0.0.0:$PORT. Sockets that systemd passes (LISTEN_FDS) are used in place of all.",
  },
  backlog: {
    section: "Server Socket",
    flags: ["--backlog"],
    metavar: "INT",
    type: wholeNumber(1),
    default: 2048,
    help: "Connections the kernel may hold before they are accepted.",
  },
  workers: {
    section: "Worker Processes",
    flags: ["-w", "--workers"],
    metavar: "INT",
    type: wholeNumber(1),
    default: 1,
    environment: { variable: "WEB_CONCURRENCY" },
    help: "Worker processes that run the application.",
  },
  threads: {
    section: "Worker Processes",
    flags: ["--threads"],
    metavar: "INT",
    type: wholeNumber(1),
    default: 1,
    help: "Requests that one Python worker process runs at a time, each in a thread.",
  },
  timeout: {
    section: "Worker Processes",
    flags: ["-t", "--timeout"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 30,
    help: "How long an application may keep a client waiting, for its answer or for the next piece of it, before the client is answered 504 (or cut off, if its answer has begun); 0 for no limit. A Python request is then interrupted (docs/timeouts.md), and a process whose event loop a TypeScript application has blocked for so long is replaced. Time in which the client is the slow one does not count, nor does that in the queue (--queue-timeout).",
  },
  gracefulTimeout: {
    section: "Worker Processes",
    flags: ["--graceful-timeout"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 30,
    help: "How long requests may go on after the server is told to stop.",
  },
  bootTimeout: {
    section: "Worker Processes",
    flags: ["--boot-timeout"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 60,
    help: "How long an application may take to import before it is given up; 0 for no limit.",
  },
  keepAlive: {
    section: "Worker Processes",
    flags: ["--keep-alive"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 2,
    help: "How long an open connection may wait for its next request; 0 closes it after each answer.",
  },
  ...QUEUE_SETTINGS,
  ...RECYCLING_SETTINGS,
  ...DRAIN_SETTINGS,
  ...MECHANICS_SETTINGS,
  ...MACHINE_SETTINGS,
  ...PRELOAD_SETTINGS,
  ...ENGINE_SETTINGS,
  python: {
    section: "Python",
    flags: ["--python"],
    metavar: "PATH",
    type: optionalText,
    default: undefined,
    help: "The Python interpreter. Without it: the one of $VIRTUAL_ENV, else of .venv or venv in the application's directory, else python3.",
  },
  pythonpath: {
    section: "Python",
    flags: ["--pythonpath"],
    metavar: "PATHS",
    type: directories,
    default: [],
    help: "Directories to put before sys.path, with commas between them.",
  },
  ...HTTP_SETTINGS,
  ...TLS_SETTINGS,
  ...FILES_SETTINGS,
  ...CLIENT_SETTINGS,
  ...PROXY_SETTINGS,
  ...CONTROL_SETTINGS,
  accessLogfile: {
    section: "Logging",
    flags: ["--access-logfile"],
    metavar: "FILE",
    type: optionalText,
    default: undefined,
    help: "The access log; - is standard output. Without it there is none.",
  },
  accessLogformat: {
    section: "Logging",
    flags: ["--access-logformat"],
    metavar: "FORMAT",
    type: accessFormat,
    default: DEFAULT_ACCESS_FORMAT,
    help: "What a line of the access log holds, in gunicorn's notation; %(Q)s is the time in seconds that the request waited for a Python worker.",
  },
  errorLogfile: {
    section: "Logging",
    flags: ["--error-logfile", "--log-file"],
    metavar: "FILE",
    type: aText,
    default: "-",
    help: "The error log; - is standard error.",
  },
  logLevel: {
    section: "Logging",
    flags: ["--log-level"],
    metavar: "LEVEL",
    type: logLevel,
    default: "info",
    help: "The least serious lines the error log takes: debug, info, warning, error or critical.",
  },
  ...METRICS_SETTINGS,
  ...LOGGING_SETTINGS,
  ...SYSLOG_SETTINGS,
  lint: {
    section: "Debugging",
    flags: ["--lint"],
    type: aSwitch,
    default: false,
    help: "Judge each request and answer by the rules of PEP 3333, and log what breaks one as a warning, once. It costs time; docs/lint.md has the rules.",
  },
  ...DEVELOPMENT_SETTINGS,
  checkConfig: {
    section: "Debugging",
    flags: ["--check-config"],
    type: aSwitch,
    default: false,
    help: "Load the application and exit: 0 if that went well.",
  },
  printConfig: {
    section: "Debugging",
    flags: ["--print-config"],
    type: aSwitch,
    default: false,
    help: "Print every setting and where it comes from, then check as --check-config does.",
  },
};

/** The table's names, in its order. */
export const SETTING_NAMES: readonly SettingName[] = settingNames(SETTINGS);
