import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments } from "../../src/cli/arguments.ts";
import type { EnvironmentVariables } from "../../src/cli/setting-sources.ts";
import { type SettledCommand, settleCommand } from "../../src/cli/settled-command.ts";

/** What is obeyed where there is no configuration file. */
function serve(args: readonly string[], environment: EnvironmentVariables = {}): SettledCommand {
  const line = parseArguments(args, environment);
  assert.ok(line.kind === "serve");
  return settleCommand(line);
}

function assertRefused(
  args: readonly string[],
  message: string,
  environment: EnvironmentVariables = {},
): void {
  assert.throws(() => serve(args, environment), { message, exitCode: 2 });
}

test("a target alone is served with every default", () => {
  const { target, settings, sources, notes } = serve(["mysite.wsgi:application"]);
  assert.equal(target, "mysite.wsgi:application");
  assert.deepEqual(notes, []);
  assert.deepEqual(settings, {
    config: undefined,
    bind: [{ kind: "tcp", host: "127.0.0.1", port: 8000 }],
    backlog: 2048,
    workers: 1,
    threads: 1,
    timeout: 30,
    gracefulTimeout: 30,
    bootTimeout: 60,
    keepAlive: 2,
    queue: 2048,
    queueTimeout: 30,
    drainDelay: 0,
    healthPath: undefined,
    readyPath: undefined,
    warmup: undefined,
    maxRequests: 0,
    maxRequestsJitter: 0,
    maxWorkerAge: 0,
    maxRss: { kind: "bytes", bytes: 0, text: "0" },
    chdir: ".",
    env: {},
    environ: {},
    name: undefined,
    pid: undefined,
    umask: 0,
    daemon: false,
    enableStdioInheritance: false,
    user: undefined,
    group: undefined,
    initgroups: false,
    python: undefined,
    pythonpath: [],
    engine: "auto",
    interpreterMemory: { kind: "bytes", bytes: 0, text: "0" },
    files: "read-write",
    mount: [],
    requirements: undefined,
    sandbox: false,
    limitRequestLine: 8190,
    limitRequestFields: 100,
    limitRequestFieldSize: 8190,
    limitRequestHead: 65_536,
    limitRequestBody: 1_073_741_824,
    headerMap: "drop",
    certfile: undefined,
    keyfile: undefined,
    tlsPasswordFile: undefined,
    caCerts: undefined,
    certReqs: 0,
    ciphers: undefined,
    static: {},
    sendfileRoot: [],
    accelRedirect: {},
    headTimeout: 30,
    bodyTimeout: 30,
    writeTimeout: 60,
    minRate: 240,
    limitConnections: 32_768,
    limitConnectionsPerAddress: 4_096,
    limitBuffer: 262_144,
    limitBufferMemory: 134_217_728,
    limitBufferDisk: 4_294_967_296,
    forwardedAllowIps: "127.0.0.1,::1",
    forwardedHeaders: ["for", "proto", "host", "port", "prefix"],
    proxyProtocol: "off",
    proxyAllowFrom: "127.0.0.1,::1",
    accessLogfile: undefined,
    accessLogformat: '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
    errorLogfile: "-",
    logLevel: "info",
    metricsBind: undefined,
    statsdHost: undefined,
    statsdPrefix: "",
    controlSocket: undefined,
    controlSocketMode: 0o600,
    noControlSocket: false,
    dogstatsdTags: "",
    enableBacklogMetric: false,
    logFormat: "text",
    requestId: false,
    logSyslog: false,
    logSyslogTo: { kind: "udp", host: "localhost", port: 514 },
    logSyslogPrefix: undefined,
    logSyslogFacility: "user",
    disableRedirectAccessToSyslog: false,
    preload: false,
    lint: false,
    reload: false,
    reloadEngine: "auto",
    reloadExtraFile: [],
    checkConfig: false,
    printConfig: false,
  });
  assert.deepEqual(sources.workers, { kind: "default" });
});

test("an option may be written in all of argparse's ways", () => {
  const ways = [
    ["-w3"],
    ["-w", "3"],
    ["-w=3"],
    ["--workers=3"],
    ["--workers", "3"],
    ["--work", "3"],
  ];
  for (const way of ways) {
    assert.equal(serve([...way, "app"]).settings.workers, 3, way.join(" "));
    assert.equal(serve(["app", ...way]).settings.workers, 3, `after the target: ${way.join(" ")}`);
  }
});

test("aliases set the same setting, and a beginning of two aliases is no ambiguity", () => {
  assert.equal(serve(["--log-file", "a", "app"]).settings.errorLogfile, "a");
  assert.equal(serve(["--error-log", "a", "app"]).settings.errorLogfile, "a");
  for (const flag of ["--limit-request-field_size", "--limit-request-field-size"]) {
    assert.equal(serve([flag, "9", "app"]).settings.limitRequestFieldSize, 9);
  }
});

test("repeatable options add up; of others the last counts", () => {
  const { settings } = serve([
    "-b",
    ":1",
    "-bunix:x",
    "-e",
    "A=1",
    "-e",
    "B=c=d",
    "-w1",
    "-w2",
    "app",
  ]);
  assert.deepEqual(settings.bind, [
    { kind: "tcp", host: "0.0.0.0", port: 1 },
    { kind: "unix", path: "x" },
  ]);
  assert.deepEqual(settings.env, { A: "1", B: "c=d" });
  assert.equal(settings.workers, 2);
});

test("what goes into environ is told name by name, and no name of the server's", () => {
  const { settings } = serve(["--environ", "mysite.db=1", "--environ=MODE=a=b", "app"]);
  assert.deepEqual(settings.environ, { "mysite.db": "1", MODE: "a=b" });
  assert.throws(() => serve(["--environ", "PATH_INFO=/", "app"]), {
    message: /^--environ: PATH_INFO is what the server says of a request; choose a name/,
    exitCode: 2,
  });
});

test("the environment stands in for a flag and gives way to it", () => {
  const environment = { PORT: "5000", WEB_CONCURRENCY: "4" };
  const hosted = serve(["app"], environment);
  assert.deepEqual(hosted.settings.bind, [{ kind: "tcp", host: "0.0.0.0", port: 5000 }]);
  assert.equal(hosted.settings.workers, 4);
  assert.deepEqual(hosted.sources.bind, { kind: "environment", variable: "PORT" });
  const told = serve(["-b", "localhost:1", "-w", "2", "app"], environment);
  assert.deepEqual(told.settings.bind, [{ kind: "tcp", host: "localhost", port: 1 }]);
  assert.equal(told.settings.workers, 2);
  assert.deepEqual(told.sources.workers, { kind: "command line", flag: "--workers" });
});

test("an empty environment variable is as good as none", () => {
  assert.equal(serve(["app"], { WEB_CONCURRENCY: "" }).settings.workers, 1);
});

test("a bad value in the environment is refused by the variable's name", () => {
  assert.throws(() => serve(["app"], { WEB_CONCURRENCY: "many" }), {
    message: 'WEB_CONCURRENCY: "many" is not a whole number of at least 1',
  });
  assert.throws(() => serve(["app"], { PORT: "http" }), {
    message: 'PORT: "http" is not a port, which is a number up to 65535',
  });
});

test("a bad value is refused by the flag's name", () => {
  assertRefused(["-w", "three", "app"], '--workers: "three" is not a whole number of at least 1');
  assertRefused(["-w0", "app"], '--workers: "0" is not a whole number of at least 1');
  assertRefused(["-t", "-1", "app"], '--timeout: "-1" is not a whole number of at least 0');
  assertRefused(["-t1.5", "app"], '--timeout: "1.5" is not a whole number of at least 0');
  assertRefused(["--env", "A", "app"], '--env: "A" is not NAME=VALUE');
  assertRefused(["--chdir=", "app"], "--chdir: the value is empty");
  assertRefused(
    ["--log-level", "loud", "app"],
    '--log-level: "loud" is not a level; the levels are debug, info, warning, error, critical',
  );
  assertRefused(
    ["--access-logformat", "%h", "app"],
    '--access-logformat: "%h" is not a log value; write %(h)s',
  );
});

test("log levels are read in any case, and --pythonpath at its commas", () => {
  const { settings } = serve(["--log-level", "DEBUG", "--pythonpath", "a, b,", "app"]);
  assert.equal(settings.logLevel, "debug");
  assert.deepEqual(settings.pythonpath, ["a", "b"]);
});

test("a dash alone is a value, another option is not", () => {
  assert.equal(serve(["--access-logfile", "-", "app"]).settings.accessLogfile, "-");
  assertRefused(["-w", "--bind", ":1", "app"], "-w has no value; write -w VALUE");
  assertRefused(["app", "--chdir"], "--chdir has no value; write --chdir=VALUE");
  assert.equal(serve(["--chdir=-x", "app"]).settings.chdir, "-x");
});

test("a flag that may stand alone leaves the next word unless that is its value", () => {
  for (const [args, mode] of [
    [["--proxy-protocol", "app:app"], "auto"],
    [["app:app", "--proxy-protocol"], "auto"],
    [["--proxy-protocol", "v2", "app:app"], "v2"],
    [["--proxy-protocol=v1", "app:app"], "v1"],
    [["--proxy-prot", "app:app"], "auto"],
    [["--proxy-protocol", "--workers", "2", "app:app"], "auto"],
    [["--proxy-protocol", "OFF", "app:app"], "off"],
  ] as const) {
    const { target, settings } = serve(args);
    assert.deepEqual([target, settings.proxyProtocol], ["app:app", mode], args.join(" "));
  }
  assertRefused(
    ["--proxy-protocol=v3", "app"],
    '--proxy-protocol: "v3" is not off, v1, v2 or auto',
  );
});

test("proxies are named by addresses, networks and a star, in the environment too", () => {
  const { settings } = serve(["--forwarded-allow-ips", "10.0.0.0/8, ::1,*", "app"]);
  assert.equal(settings.forwardedAllowIps, "10.0.0.0/8, ::1,*");
  assert.equal(serve(["--proxy-allow-from=", "app"]).settings.proxyAllowFrom, "");
  const environment = { FORWARDED_ALLOW_IPS: "*" };
  assert.equal(serve(["app"], environment).settings.forwardedAllowIps, "*");
  for (const flag of ["--forwarded-allow-ips", "--proxy-allow-from"]) {
    assertRefused(
      [flag, "::1,proxy.example", "app"],
      `${flag}: "proxy.example" is not an address, a network such as 10.0.0.0/8, or *`,
    );
  }
  assert.throws(() => serve(["app"], { FORWARDED_ALLOW_IPS: "10.0.0.0/33" }), {
    message:
      'FORWARDED_ALLOW_IPS: "10.0.0.0/33" is not an address, a network such as 10.0.0.0/8, or *',
  });
});

test("what is believed of proxies is a list of known words", () => {
  const { settings } = serve(["--forwarded-headers", "for, Proto", "app"]);
  assert.deepEqual(settings.forwardedHeaders, ["for", "proto"]);
  assertRefused(
    ["--forwarded-headers", "for,scheme", "app"],
    '--forwarded-headers: "scheme" is not one of for, proto, host, port, prefix',
  );
});

test("a mask of file modes is written as gunicorn takes it", () => {
  for (const [text, mask] of [
    ["0", 0],
    ["022", 0o22],
    ["0o27", 0o27],
    ["0x12", 0x12],
    ["18", 0o22],
  ] as const) {
    assert.equal(serve(["-m", text, "app"]).settings.umask, mask, text);
  }
  assertRefused(["-m", "089", "app"], '--umask: "089" is not a mask of file modes, such as 022');
  assertRefused(["-m1777", "app"], '--umask: "1777" is not a mask of file modes, such as 022');
});

test("a header map is one of three", () => {
  assert.equal(serve(["--header-map", "dangerous", "app"]).settings.headerMap, "dangerous");
  assertRefused(
    ["--header-map", "keep", "app"],
    '--header-map: "keep" is not drop, refuse or dangerous',
  );
});

test("a switch takes no value", () => {
  assert.equal(serve(["--check-config", "app"]).settings.checkConfig, true);
  assertRefused(["--check-config=1", "app"], '--check-config takes no value, and "1" is one');
});

test("a user and a group are names or numbers", () => {
  const { settings } = serve(["-u", "www-data", "-g", "33", "--initgroups", "-D", "app"]);
  const { user, group, initgroups, daemon } = settings;
  assert.deepEqual(
    { user, group, initgroups, daemon },
    {
      ...{ user: "www-data", group: 33, initgroups: true, daemon: true },
    },
  );
  for (const text of ["a b", "root:x", "-1", "4294967295"]) {
    const problem = `--user: ${JSON.stringify(text)} is neither a name nor a number`;
    assertRefused([`--user=${text}`, "app"], problem);
  }
});

test("an unknown option is refused with the nearest one", () => {
  assertRefused(["--wokers", "3", "app"], "unknown option --wokers; did you mean --workers?");
  assertRefused(["--logfile", "x", "app"], "unknown option --logfile; did you mean --log-file?");
  assertRefused(["--bogus", "app"], "unknown option --bogus; portico --help lists all options");
  assertRefused(["-x", "app"], "unknown option -x; portico --help lists all options");
  assertRefused(["--a\nb", "app"], 'unknown option "--a\\nb"; portico --help lists all options');
});

test("a beginning of several options is refused with all of them", () => {
  assertRefused(["--log-f", "x", "app"], "--log-f could be --log-file, --log-format");
});

test("gunicorn's options that are needless here are accepted with a line that says why", () => {
  assert.deepEqual(serve(["--worker-tmp-dir", "/dev/shm", "--no-sendfile", "app"]).notes, [
    "--worker-tmp-dir has no effect: workers are watched over a socket, and no file is touched for it",
    "--no-sendfile has no effect: sendfile() is not used, and files are sent all the same",
  ]);
});

test("gunicorn's options that cannot be honoured are refused with what to use", () => {
  assertRefused(
    ["-kgevent", "app"],
    "--worker-class gevent cannot be done: Portico's workers are of one kind; use --threads for more requests at a time",
  );
  assertRefused(
    ["--protocol", "uwsgi", "app"],
    "--protocol uwsgi cannot be done: Portico speaks HTTP; in nginx, write proxy_pass in place of uwsgi_pass",
  );
});

test("an option with a value that asks for nothing is no option", () => {
  const needless = [
    "-k",
    "gthread",
    "--worker-connections=1000",
    "--protocol",
    "http",
    "--http-protocols=h1",
  ];
  assert.deepEqual(serve([...needless, "app"]).notes, []);
});

test("a beginning of one of gunicorn's options stands for it", () => {
  const [note] = serve(["--worker-t", "/dev/shm", "app"]).notes;
  assert.match(note ?? "", /^--worker-tmp-dir has no effect: /);
});

test("GUNICORN_CMD_ARGS are options as a shell splits them, and the command line counts more", () => {
  const environment = { GUNICORN_CMD_ARGS: "-w 4 --threads=2 --env 'A=b c' ignored --no-sendfile" };
  const { settings, sources, notes, target } = serve(["-w2", "app"], environment);
  assert.deepEqual([settings.workers, settings.threads, settings.env], [2, 2, { A: "b c" }]);
  assert.deepEqual(sources.threads, { kind: "GUNICORN_CMD_ARGS", flag: "--threads" });
  assert.equal(target, "app");
  assert.match(notes[0] ?? "", /^GUNICORN_CMD_ARGS: --no-sendfile has no effect: /);
});

test("what is wrong in GUNICORN_CMD_ARGS is refused by its name", () => {
  assertRefused(["app"], "GUNICORN_CMD_ARGS: ' is not closed", { GUNICORN_CMD_ARGS: "-e 'A" });
  assertRefused(["app"], 'GUNICORN_CMD_ARGS --workers: "x" is not a whole number of at least 1', {
    GUNICORN_CMD_ARGS: "-w x",
  });
  assertRefused(["app"], "GUNICORN_CMD_ARGS: unknown option --wokers; did you mean --workers?", {
    GUNICORN_CMD_ARGS: "--wokers 3",
  });
});

test("every setting has a PORTICO_ variable, which counts more than GUNICORN_CMD_ARGS", () => {
  const environment = {
    PORTICO_WORKERS: "5",
    PORTICO_LIMIT_REQUEST_FIELD_SIZE: "99",
    PORTICO_BIND: ":1 'unix:a b'",
    PORTICO_CHECK_CONFIG: "on",
    PORTICO_THREADS: "",
    WEB_CONCURRENCY: "9",
    GUNICORN_CMD_ARGS: "-w 4",
  };
  const { settings, sources } = serve(["app"], environment);
  assert.deepEqual([settings.workers, settings.threads], [5, 1]);
  assert.equal(settings.limitRequestFieldSize, 99);
  assert.deepEqual(settings.bind[1], { kind: "unix", path: "a b" });
  assert.equal(settings.checkConfig, true);
  assert.deepEqual(sources.workers, { kind: "environment", variable: "PORTICO_WORKERS" });
  assert.equal(serve(["-w1", "app"], environment).settings.workers, 1);
});

test("a PORTICO_ variable that no setting has is told of, with the nearest", () => {
  assert.deepEqual(serve(["app"], { PORTICO_WORKER: "4", PORTICO_STRANGE: "1" }).notes, [
    "PORTICO_WORKER is set and names no setting; did you mean PORTICO_WORKERS?",
    "PORTICO_STRANGE is set and names no setting; docs/settings.md lists all",
  ]);
  assertRefused(["app"], 'PORTICO_CHECK_CONFIG: "maybe" is not true or false', {
    PORTICO_CHECK_CONFIG: "maybe",
  });
});

test("exactly one application is served", () => {
  assertRefused(
    ["-w3"],
    "no application given; name one, such as portico module:application (see portico --help)",
  );
  assertRefused(["a", "b"], 'two applications given, "a" and "b"; portico takes one');
});

test("after two dashes everything is a target", () => {
  assert.equal(serve(["--", "-app"]).target, "-app");
  assert.equal(serve(["app", "--"]).target, "app");
});

test("help and version need no application", () => {
  assert.deepEqual(parseArguments(["-h"], {}), { kind: "help" });
  assert.deepEqual(parseArguments(["-w3", "app", "--help"], {}), { kind: "help" });
  assert.deepEqual(parseArguments(["-v"], {}), { kind: "version" });
  assert.deepEqual(parseArguments(["--vers"], {}), { kind: "version" });
});
