/** The logs of running servers: JSON, ids and traces, and what clients cannot do to a line. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ClientConnection } from "../../src/client/client-connection.ts";
import type { FieldList } from "../../src/client/field-list.ts";
import { Datagrams } from "../support/datagrams.ts";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";
import { until } from "../support/until.ts";

const here = mkdtempSync(join(tmpdir(), "portico-logs-"));
after(() => rmSync(here, { recursive: true }));

/** Both tell what they were told of the request's id and trace, and complain of what was asked. */
writeFileSync(
  join(here, "tells.py"),
  `import time
NAMES = ["portico.request_id", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT", "HTTP_TRACESTATE"]
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(60)
    if path.startswith("/fails"):
        raise ValueError(path)
    if path.startswith("/says"):
        environ["wsgi.errors"].write(path + "\\nand more\\n")
    start_response("200 OK", [("X-Told", environ.get("HTTP_X_TOLD", "-"))])
    yield " ".join(environ.get(name, "-") for name in NAMES).encode()
    if path == "/says-late":
        environ["wsgi.errors"].write("late")
`,
);
writeFileSync(
  join(here, "tells.mjs"),
  `const NAMES = ["portico.request_id", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT", "HTTP_TRACESTATE"];
export const app = (environ, start) => {
  const path = environ.PATH_INFO;
  if (path.startsWith("/fails")) throw new Error(path);
  if (path.startsWith("/says")) environ["wsgi.errors"].write(path + "\\nand more\\n");
  start("200 OK", [["X-Told", environ.HTTP_X_TOLD ?? "-"]]);
  return [Buffer.from(NAMES.map((name) => environ[name] ?? "-").join(" "))];
};`,
);

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACED = {
  traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
  tracestate: "a=1,b=t61rcWkgMzE",
};

function serving(...args: readonly string[]): Promise<PorticoRun> {
  return PorticoRun.serving({ args: ["-b", "127.0.0.1:0", ...args], cwd: here });
}

/** What JSON logs say once they hold a line of each pattern, each line parsed. */
async function entriesOf(
  { stdout, stderr }: PorticoRun,
  ...patterns: readonly RegExp[]
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  for (const pattern of patterns) await Promise.any([stdout.line(pattern), stderr.line(pattern)]);
  return [...stdout.lines, ...stderr.lines].map((line) => JSON.parse(line));
}

/** JSON logs say no `[INFO] Ready`. */
async function servingJson(...args: readonly string[]): Promise<PorticoRun> {
  const all = ["-b", "127.0.0.1:0", "--log-format", "json", "--access-logfile", "-", ...args];
  const run = new PorticoRun({ args: all, cwd: here });
  await run.stderr.line(/"message":"Ready"/);
  return run;
}

describe("JSON logs", { concurrency: 2 }, () => {
  for (const target of [["tells:app"], ["-w", "2", "./tells.mjs"]]) {
    test(`of ${target.at(-1)} lead from a request's id and trace to all that is about it`, async () => {
      await using run = await servingJson(...target);
      const asked = await run.get("/says%1b", { ...TRACED, "X-Request-ID": "one" });
      const { traceparent, tracestate } = TRACED;
      assert.equal(asked.text, `one one ${traceparent} ${tracestate}`);
      assert.equal(asked.headers["x-request-id"], "one");
      await run.get("/fails", { "X-Request-ID": "two" });
      const entries = await entriesOf(run, /fails 500/, /Error handling/);
      const about = (id: string) =>
        entries
          .filter(({ request_id }) => request_id === id)
          .map(({ logger, message, trace_id }) => [
            logger,
            String(message).split("\n")[0],
            trace_id,
          ]);
      assert.deepEqual(about("one"), [
        ["portico.access", "GET /says%1b 200", TRACE],
        ["wsgi.errors", "/says\x1b", TRACE],
      ]);
      assert.deepEqual(about("two"), [
        ["portico.access", "GET /fails 500", undefined],
        ["portico.error", "Error handling request GET /fails", undefined],
      ]);
    });
  }

  test("have the end of a start that fails as an entry", async () => {
    const args = ["--log-format", "json", "-b", "127.0.0.1:0", "missing:app"];
    const { code, stderr } = await runToEnd({ args, cwd: here });
    assert.equal(code, 4);
    const entries = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { level, message } = entries.at(-1);
    assert.equal(level, "critical");
    assert.match(message, /missing/);
  });

  test("have a line for a request that timed out, and name its worker", async () => {
    await using run = await servingJson("--timeout", "1", "tells:app");
    const { status } = await run.get("/slow", { "X-Request-ID": "slow" });
    assert.equal(status, 504);
    const entries = await entriesOf(run, /slow 504/, /WORKER TIMEOUT/);
    const about = entries.filter(({ request_id }) => request_id === "slow");
    assert.ok(about.some((entry) => entry["http.response.status_code"] === 504));
    const timeout = about.find(({ level }) => level === "critical");
    assert.equal(typeof timeout?.["worker.pid"], "number");
  });

  test("know the request of what is said after its answer", async () => {
    await using run = await servingJson("tells:app");
    await run.get("/says-late", { "X-Request-ID": "late" });
    const entries = await entriesOf(run, /"message":"late"/);
    assert.equal(entries.find(({ message }) => message === "late")?.request_id, "late");
  });

  test("leave an access log with a format of its own to that", async () => {
    await using run = await servingJson("--access-logformat", "%(s)s %(U)s", "tells:app");
    await run.get("/a");
    assert.equal(await run.stdout.line(/^200/), "200 /a");
  });
});

/** What clients can put where, in bytes that a log could be hurt by. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const ESCAPES = BYTES.map((byte) => `%${byte.toString(16).padStart(2, "0")}`);
const FORGED =
  '\n127.0.0.1 - - [now] "GET /forged HTTP/1.1" 200 5 "-" "-"\n[2026-11-21 00:00:00 +0000] [1] [INFO] forged';
const FIELD = BYTES.filter((byte) => byte === 9 || (byte >= 32 && byte !== 127))
  .map((byte) => String.fromCharCode(byte))
  .join("");

/** One request for each place that a client fills, each with all bytes that it may hold there. */
const HOSTILE: readonly { readonly target: string; readonly fields?: FieldList }[] = [
  ...["/path", "/says", "/fails"].flatMap((path) => [
    { target: path + ESCAPES.join("") },
    { target: path + encodeURIComponent(FORGED) },
    { target: `${path}?${ESCAPES.join("")}&"'\\{}|^\`<>` },
  ]),
  ...["Referer", "User-Agent", "X-Told", "X-Request-ID", "traceparent", "Cookie"].map((name) => ({
    target: "/field",
    fields: [[name, `a${FIELD}z`]] as FieldList,
  })),
  {
    target: "/user",
    fields: [["Authorization", `Basic ${btoa(`${FORGED}\\"\x1b\0:secret`)}`]],
  },
];

async function attack(run: PorticoRun): Promise<void> {
  const port = Number(new URL(run.url).port);
  for (const { target, fields = [] } of HOSTILE) {
    using client = await ClientConnection.open(port);
    client.request("GET", target, { fields });
    const { status } = await client.answer();
    assert.equal(status, target.startsWith("/fails") ? 500 : 200, target);
  }
}

/** Names every atom that a client fills. */
const EVERY_ATOM =
  '{"h":"%(h)s","u":"%(u)s","r":"%(r)s","m":"%(m)s","U":"%(U)s","q":"%(q)s","f":"%(f)s","a":"%(a)s","i":"%({cookie}i)s","o":"%({x-told}o)s","e":"%({PATH_INFO}e)s","s":%(s)s,"short":"%(U).9s"}';

describe("whatever a client sends, in every place that it can fill", { concurrency: 2 }, () => {
  test("each request is one line of the access log, and no line is anything else", async () => {
    await using run = await serving("--access-logfile", "-", "tells:app");
    await attack(run);
    const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
    const line = new RegExp(
      `^127\\.0\\.0\\.1 - \\S.* \\[\\d\\d/\\w{3}/[^\\]]+\\] ${quoted} (200|500) \\d+ ${quoted} ${quoted}$`,
    );
    await until("all lines", () => run.stdout.lines.length >= HOSTILE.length);
    assert.equal(run.stdout.lines.length, HOSTILE.length);
    for (const [index, text] of run.stdout.lines.entries()) {
      assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
      const request = line.exec(text)?.[1];
      assert.ok(request?.startsWith(`GET ${HOSTILE[index]?.target.slice(0, 5)}`), text);
    }
  });

  test("no entry of the error log is forged, and none drives a terminal but what the application says", async () => {
    await using run = await serving("tells:app");
    await attack(run);
    run.kill("SIGTERM");
    const { stderr } = await run.ended;
    for (const line of stderr.split("\n").filter((text) => /^\[\d{4}-/.test(text))) {
      assert.doesNotMatch(line, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    }
    const forged = stderr.split("\n").filter((line) => /^\[.*\[INFO\] forged$/.test(line));
    // Once by the application itself, whose text is written as it is.
    assert.equal(forged.length, 1);
  });

  for (const target of [["tells:app"], ["./tells.mjs"]]) {
    test(`every line of JSON logs of ${target} is JSON, and says no more than its own`, async () => {
      await using run = await servingJson(...target);
      await attack(run);
      await until("all lines", () => run.stdout.lines.length >= HOSTILE.length);
      const entries = await entriesOf(run);
      assert.equal(
        entries.filter(({ logger }) => logger === "portico.access").length,
        HOSTILE.length,
      );
      const said = entries.filter(({ logger }) => logger === "wsgi.errors");
      assert.equal(said.length, HOSTILE.filter(({ target }) => target.startsWith("/says")).length);
      for (const line of [...run.stdout.lines, ...run.stderr.lines]) {
        assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u2029\p{Cf}]/u);
      }
    });
  }

  test("an access log whose format is shaped as JSON is JSON", async () => {
    await using run = await serving(
      "--access-logfile",
      "-",
      "--access-logformat",
      EVERY_ATOM,
      "tells:app",
    );
    await attack(run);
    await until("all lines", () => run.stdout.lines.length >= HOSTILE.length);
    for (const [index, line] of run.stdout.lines.entries()) {
      const { r, s, ...others } = JSON.parse(line);
      assert.equal(r, `GET ${HOSTILE[index]?.target} HTTP/1.1`);
      assert.equal(Object.keys(others).length, 11);
    }
  });
});

test("both logs may be one file, which USR1 opens anew", async () => {
  const path = join(here, "both.log");
  const moved = join(here, "both.log.1");
  const logs = ["--log-format", "json", "--access-logfile", path, "--error-logfile", path];
  await using run = new PorticoRun({
    args: ["-b", "127.0.0.1:0", ...logs, "tells:app"],
    cwd: here,
  });
  const text = (file: string): string => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      // It is not there yet.
      return "";
    }
  };
  await until("it is ready", () => text(path).includes('"Ready"'));
  const url = /Listening at: ([^ ]+)/.exec(text(path))?.[1] ?? "";
  const ask = (target: string) => fetch(url + target).then((answer) => answer.text());
  await ask("/says");
  await until("the line is written", () => text(path).includes("GET /says 200"));
  renameSync(path, moved);
  run.kill("SIGUSR1");
  await until("it is opened anew", () => existsSync(path));
  await ask("/fails");
  await until(
    "the new file has both",
    () => /GET \/fails 500/.test(text(path)) && /ValueError/.test(text(path)),
  );
  for (const line of (text(moved) + text(path)).trim().split("\n")) JSON.parse(line);
  assert.match(text(moved), /"logger":"wsgi.errors"/);
});

describe("syslog", { concurrency: 2 }, () => {
  for (const [target, log] of [
    ["tells:app", "text"],
    ["./tells.mjs", "json"],
  ] as const) {
    test(`gets both logs of ${target} as messages, in ${log}`, async () => {
      await using server = await Datagrams.listening();
      const to = ["--log-syslog", "--log-syslog-to", `udp://127.0.0.1:${server.port}`];
      const source = ["--log-syslog-prefix", "shop", "--log-syslog-facility", "local0"];
      const args = ["-b", "127.0.0.1:0", "--log-format", log, ...to, ...source, target];
      await using run = new PorticoRun({ args, cwd: here });
      await run.stderr.line(/Ready/);
      await run.get("/says");
      const head = (number: number, name: string): RegExp =>
        new RegExp(`^<${number}>1 \\S+Z \\S+ portico\\.shop\\.${name} \\d+ - - `);
      const messages = [
        [head(134, "error"), /Ready/],
        [head(131, "error"), /\/says/],
        [head(134, "access"), /GET \/says/],
      ] as const;
      for (const [start, text] of messages) {
        const both = new RegExp(start.source + (log === "json" ? "\\{.*" : ".*") + text.source);
        const message = await server.line(both);
        if (log === "json") JSON.parse(message.replace(start, ""));
      }
    });
  }

  test("gets the error log alone if it is told so", async () => {
    await using server = await Datagrams.listening();
    const to = ["--log-syslog", "--log-syslog-to", `udp://127.0.0.1:${server.port}`];
    await using run = await serving(...to, "--disable-redirect-access-to-syslog", "tells:app");
    await run.get("/plain");
    await run.get("/says");
    await server.line(/\/says/);
    run.kill("SIGTERM");
    await server.line(/Shutting down/);
    assert.ok(!server.lines.some((line) => line.includes("access")));
  });

  test("that is not there ends the start with what to do", async () => {
    const args = ["-b", "127.0.0.1:0", "--log-syslog", "tells:app"];
    const unix = ["--log-syslog-to", `unix://${join(here, "none")}`];
    const { code, stderr } = await runToEnd({ args: [...unix, ...args], cwd: here });
    assert.equal(code, 1);
    assert.match(stderr, /^portico: --log-syslog-to unix:\/\/\S+: connect ENOENT/);
  });
});
