/** gunicorn's names in its configuration file, for what Portico has. */
import { bindText } from "./bind-address.ts";
import { NO_DIRTY } from "./gunicorn-options.ts";
import type { SettingName, Settings } from "./settings.ts";

/** Those of Portico's settings. */
export const GUNICORN_NAMES: Readonly<Record<string, SettingName>> = {
  bind: "bind",
  backlog: "backlog",
  workers: "workers",
  threads: "threads",
  timeout: "timeout",
  graceful_timeout: "gracefulTimeout",
  keepalive: "keepAlive",
  max_requests: "maxRequests",
  max_requests_jitter: "maxRequestsJitter",
  limit_request_line: "limitRequestLine",
  limit_request_fields: "limitRequestFields",
  limit_request_field_size: "limitRequestFieldSize",
  header_map: "headerMap",
  certfile: "certfile",
  keyfile: "keyfile",
  ca_certs: "caCerts",
  cert_reqs: "certReqs",
  ciphers: "ciphers",
  forwarded_allow_ips: "forwardedAllowIps",
  proxy_protocol: "proxyProtocol",
  proxy_allow_ips: "proxyAllowFrom",
  preload_app: "preload",
  chdir: "chdir",
  raw_env: "env",
  pythonpath: "pythonpath",
  proc_name: "name",
  pidfile: "pid",
  umask: "umask",
  control_socket: "controlSocket",
  control_socket_mode: "controlSocketMode",
  control_socket_disable: "noControlSocket",
  daemon: "daemon",
  enable_stdio_inheritance: "enableStdioInheritance",
  user: "user",
  group: "group",
  initgroups: "initgroups",
  accesslog: "accessLogfile",
  access_log_format: "accessLogformat",
  errorlog: "errorLogfile",
  loglevel: "logLevel",
  statsd_host: "statsdHost",
  statsd_prefix: "statsdPrefix",
  dogstatsd_tags: "dogstatsdTags",
  enable_backlog_metric: "enableBacklogMetric",
  syslog: "logSyslog",
  syslog_addr: "logSyslogTo",
  syslog_prefix: "logSyslogPrefix",
  syslog_facility: "logSyslogFacility",
  disable_redirect_access_to_syslog: "disableRedirectAccessToSyslog",
  reload: "reload",
  reload_engine: "reloadEngine",
  reload_extra_files: "reloadExtraFile",
  check_config: "checkConfig",
  print_config: "printConfig",
};

/** What the command line calls TARGET. */
export const TARGET_NAME = "wsgi_app";

/** Hooks that run in the process beside the server. */
export const SERVER_HOOKS = [
  "on_starting",
  "when_ready",
  "nworkers_changed",
  "on_reload",
  "pre_fork",
  "child_exit",
  "pre_exec",
  "on_exit",
] as const;

export type ServerHook = (typeof SERVER_HOOKS)[number];

/** Hooks that run in Python workers. */
export const WORKER_HOOKS: readonly string[] = [
  "post_fork",
  "post_worker_init",
  "pre_request",
  "post_request",
  "worker_int",
  "worker_abort",
  "worker_exit",
];

/** Hooks that nothing calls, with the reason. */
export const HOOKS_NOT_RUN: Readonly<Record<string, string>> = {
  on_dirty_starting: NO_DIRTY,
  dirty_post_fork: NO_DIRTY,
  dirty_worker_init: NO_DIRTY,
  dirty_worker_exit: NO_DIRTY,
};

/** Hooks that a server without would serve otherwise than it was meant, with what to use. */
export const HOOKS_REFUSED: Readonly<Record<string, string>> = {
  ssl_context:
    "TLS is spoken by Node.js, not by Python; use certfile, keyfile, ca_certs, cert_reqs and ciphers",
};

/** What hooks find in `cfg`, beside what the file itself says. */
export function valuesForHooks(settings: Settings): Readonly<Record<string, unknown>> {
  const values = Object.entries(GUNICORN_NAMES).map(([name, setting]) => [name, settings[setting]]);
  const { statsdHost } = settings;
  const workerClass = settings.threads > 1 ? "gthread" : "sync";
  return {
    ...Object.fromEntries(values),
    bind: settings.bind.map(bindText),
    raw_env: Object.entries(settings.env).map(([name, value]) => `${name}=${value}`),
    env: settings.env,
    pythonpath: settings.pythonpath.join(",") || null,
    statsd_host: statsdHost === undefined ? null : [statsdHost.host, statsdHost.port],
    worker_class: workerClass,
    worker_class_str: workerClass,
  };
}
