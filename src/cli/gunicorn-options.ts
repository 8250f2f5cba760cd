/**
 * gunicorn's options that Portico does not have yet (gunicorn 27), so that a command line which
 * uses them is told so and does not run without what it asked for.
 */

/** Short flags stand before the long ones they abbreviate. */
export const NOT_YET: readonly string[] = [
  ..."-c --config --control-socket --control-socket-mode --no-control-socket".split(" "),
  ..."--reload --reload-engine --reload-extra-file --spew".split(" "),
  ..."--dirty-app --dirty-workers --dirty-timeout --dirty-threads".split(" "),
  ..."--dirty-graceful-timeout --http-protocols --http2-cleartext".split(" "),
  ..."--http2-max-concurrent-streams --http2-initial-window-size".split(" "),
  ..."--http2-max-frame-size --http2-max-header-list-size".split(" "),
  ..."--websocket-max-message-size --disable-redirect-access-to-syslog".split(" "),
  ..."--capture-output --logger-class --log-config --log-config-json --log-syslog-to".split(" "),
  ..."--log-syslog --log-syslog-prefix --log-syslog-facility".split(" "),
  ..."-R --enable-stdio-inheritance --statsd-host --dogstatsd-tags --statsd-prefix".split(" "),
  ..."--enable-backlog-metric -n --name --keyfile --certfile --ssl-version --cert-reqs".split(" "),
  ..."--ca-certs --suppress-ragged-eofs --do-handshake-on-connect --ciphers --preload".split(" "),
  ..."--no-sendfile --reuse-port -D --daemon -p --pid --worker-tmp-dir -u --user".split(" "),
  ..."-g --group -m --umask --initgroups --paste --paster".split(" "),
  ..."--protocol --uwsgi-allow-from".split(" "),
  ..."--paste-global --permit-obsolete-folding --strip-header-spaces".split(" "),
  ..."--permit-unconventional-http-method --permit-unconventional-http-version".split(" "),
  ..."--casefold-http-method --forwarder-headers --root-path".split(" "),
  ..."--worker-connections --asgi-loop".split(" "),
  ..."--asgi-lifespan --asgi-disconnect-grace-period --http-parser".split(" "),
];

/** `--worker-class`, which Portico takes and does not need. */
export const WORKER_CLASS: readonly string[] = ["-k", "--worker-class"];

/** The worker classes that mean what Portico does anyway. */
export const NEEDLESS_WORKER_CLASSES: readonly string[] = ["sync", "gthread"];
