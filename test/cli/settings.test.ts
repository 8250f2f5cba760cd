import assert from "node:assert/strict";
import { test } from "node:test";
import { CHECK_SETTINGS } from "../../src/cli/check-settings.ts";
import { COMMANDS, FLAGS } from "../../src/cli/flags.ts";
import { NOT_YET, WORKER_CLASS } from "../../src/cli/gunicorn-options.ts";
import { PROBE_SETTINGS } from "../../src/cli/probe-settings.ts";
import { longFlag, SECTIONS } from "../../src/cli/setting.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/cli/settings.ts";

test("no flag has two meanings", () => {
  const all = [
    ...SETTING_NAMES.flatMap((name) => SETTINGS[name].flags),
    ...Object.values(COMMANDS).flatMap(({ flags }) => flags),
    ...WORKER_CLASS,
    ...NOT_YET,
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(FLAGS.size, all.length);
});

test("every option of gunicorn 27 is known, one way or the other", () => {
  assert.equal([...FLAGS.keys()].filter((flag) => GUNICORN_27.includes(flag)).length, 99);
  for (const flag of GUNICORN_27) assert.ok(FLAGS.has(flag), flag);
});

test("a setting is named after its long flag", () => {
  for (const name of SETTING_NAMES) {
    const fromFlag = longFlag(SETTINGS[name])
      .slice(2)
      .replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
    assert.equal(name, fromFlag);
  }
});

test("no section is empty, and every help text is sentences", () => {
  const tables = [CHECK_SETTINGS, PROBE_SETTINGS, SETTINGS];
  const all = tables.flatMap((table) => Object.values(table));
  assert.deepEqual(new Set(all.map(({ section }) => section)), new Set(SECTIONS));
  for (const { flags, help } of all) assert.match(help, /^[A-Z].*\.$/, flags.join());
});

/** The long options of `gunicorn --help`, version 27.0.1. */
const GUNICORN_27: readonly string[] =
  `--access-logfile --access-logformat --asgi-disconnect-grace-period --asgi-lifespan --asgi-loop
--backlog --bind --ca-certs --capture-output --casefold-http-method --cert-reqs --certfile
--chdir --check-config --ciphers --config --control-socket --control-socket-mode --daemon
--dirty-app --dirty-graceful-timeout --dirty-threads --dirty-timeout --dirty-workers
--disable-redirect-access-to-syslog --do-handshake-on-connect --dogstatsd-tags
--enable-backlog-metric --enable-stdio-inheritance --env --error-logfile --forwarded-allow-ips
--forwarder-headers --graceful-timeout --group --header-map --help --http-parser
--http-protocols --http2-cleartext --http2-initial-window-size --http2-max-concurrent-streams
--http2-max-frame-size --http2-max-header-list-size --initgroups --keep-alive --keyfile
--limit-request-field_size --limit-request-fields --limit-request-line --log-config
--log-config-json --log-file --log-level --log-syslog --log-syslog-facility
--log-syslog-prefix --log-syslog-to --logger-class --max-requests --max-requests-jitter --name
--no-control-socket --no-sendfile --paste --paste-global --paster --permit-obsolete-folding
--permit-unconventional-http-method --permit-unconventional-http-version --pid --preload
--print-config --protocol --proxy-allow-from --proxy-protocol --pythonpath --reload
--reload-engine --reload-extra-file --reuse-port --root-path --spew --ssl-version
--statsd-host --statsd-prefix --strip-header-spaces --suppress-ragged-eofs --threads --timeout
--umask --user --uwsgi-allow-from --version --websocket-max-message-size --worker-class
--worker-connections --worker-tmp-dir --workers`.split(/\s+/);
