/** The settings of what is told to programs that watch servers: Prometheus and statsd. */
import { quoted } from "../log/escapes.ts";
import type { Address } from "../server/addresses.ts";
import { bindText, parseBindAddress } from "./bind-address.ts";
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { aSwitch, lastOf, NO_VALUE, type SettingType } from "./setting-types.ts";

/** Where statsd listens. */
type StatsdHost = Extract<Address, { kind: "tcp" }>;

export interface MetricsSettings {
  readonly metricsBind: Address | undefined;
  readonly statsdHost: StatsdHost | undefined;
  readonly statsdPrefix: string;
  readonly dogstatsdTags: string;
  readonly enableBacklogMetric: boolean;
}

const LOOPBACK = "127.0.0.1";

/** The one statsd has. */
const STATSD_PORT = 8125;

/** As `--bind` has it, but what names no host is for this machine alone. */
const metricsAddress: SettingType<Address | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const address = parseBindAddress(onLoopback(text), origin);
    if (address.kind === "unix" || hasPort(text)) return address;
    throw new SettingError(origin, `${quoted(text)} has no port; write ${text}:9100`);
  },
  show: (address) => (address === undefined ? NO_VALUE : bindText(address)),
};

const statsdAddress: SettingType<StatsdHost | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const plain = onLoopback(text.replace(/^udp:\/\//, ""));
    const address = parseBindAddress(hasPort(plain) ? plain : `${plain}:${STATSD_PORT}`, origin);
    if (address.kind === "tcp") return address;
    const remedy =
      "Node.js has no Unix datagram sockets; let statsd listen on UDP, and give HOST:PORT";
    throw new SettingError(origin, `${quoted(text)} cannot be sent to: ${remedy}`);
  },
  show: (address) => (address === undefined ? NO_VALUE : bindText(address)),
};

/** Empty for none; what else would end it early in a line of statsd's is refused. */
function statsdText(forbidden: RegExp, example: string): SettingType<string> {
  return {
    shape: "text",
    read(texts, origin) {
      const text = lastOf(texts).trim();
      if (!forbidden.test(text)) return text;
      throw new SettingError(
        origin,
        `${quoted(text)} is not what statsd takes, such as ${example}`,
      );
    },
    show: (text) => text || NO_VALUE,
  };
}

function onLoopback(text: string): string {
  return text.startsWith(":") ? `${LOOPBACK}${text}` : text;
}

function hasPort(text: string): boolean {
  return /:\d+$/.test(text.replace(/\[.*\]/, ""));
}

export const METRICS_SETTINGS: SettingTable<MetricsSettings> = {
  metricsBind: {
    section: "Metrics",
    flags: ["--metrics-bind"],
    metavar: "ADDRESS",
    type: metricsAddress,
    default: undefined,
    help: "Where Prometheus finds the metrics, at /metrics: HOST:PORT, :PORT for this machine alone, [IPV6]:PORT or unix:PATH. They are answered without a worker; docs/metrics.md lists them.",
  },
  statsdHost: {
    section: "Metrics",
    flags: ["--statsd-host"],
    metavar: "ADDRESS",
    type: statsdAddress,
    default: undefined,
    help: "The statsd server that metrics are sent to over UDP, under gunicorn's names: HOST or HOST:PORT; the port is 8125 if not given.",
  },
  statsdPrefix: {
    section: "Metrics",
    flags: ["--statsd-prefix"],
    metavar: "TEXT",
    type: statsdText(/[^!-~]|[:|@#]/, "shop.web"),
    default: "",
    help: "What stands before each of statsd's names, with a dot between them.",
  },
  dogstatsdTags: {
    section: "Metrics",
    flags: ["--dogstatsd-tags"],
    metavar: "TAGS",
    type: statsdText(/[^!-~]|[|]/, "env:live,team:shop"),
    default: "",
    help: "Tags of Datadog's statsd for each metric, with commas between them: env:live,team:shop.",
  },
  enableBacklogMetric: {
    section: "Metrics",
    flags: ["--enable-backlog-metric"],
    type: aSwitch,
    default: false,
    help: "Send gunicorn.backlog to statsd once a second: connections that the kernel holds (on Linux), and connections and requests that wait here for a worker.",
  },
};
