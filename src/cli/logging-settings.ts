/** The settings of what the logs' lines look like, and of what leads from one to another. */
import { quoted } from "../log/escapes.ts";
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { aSwitch, lastOf, type SettingType } from "./setting-types.ts";

const LOG_FORMATS = ["text", "json"] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LoggingSettings {
  readonly logFormat: LogFormat;
  readonly requestId: boolean;
}

const logFormat: SettingType<LogFormat> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const format = LOG_FORMATS.find((known) => known === text.toLowerCase());
    if (format !== undefined) return format;
    throw new SettingError(origin, `${quoted(text)} is not text or json`);
  },
  show: (format) => format,
};

export const LOGGING_SETTINGS: SettingTable<LoggingSettings> = {
  logFormat: {
    section: "Logging",
    flags: ["--log-format"],
    metavar: "FORMAT",
    type: logFormat,
    default: "text",
    help: "How the logs are written: text, or json for one object a line, with the names in docs/logs.md. JSON brings --request-id with it. Where --access-logformat is given too, the access log keeps to that.",
  },
  requestId: {
    section: "Logging",
    flags: ["--request-id"],
    type: aSwitch,
    default: false,
    help: "Give each request an id, that of its X-Request-ID field if a proxy of --forwarded-allow-ips sent one: as environ's portico.request_id and HTTP_X_REQUEST_ID, as X-Request-ID of the answer, and in the logs.",
  },
};

/** Whether requests get ids. */
export function hasRequestIds({ logFormat: format, requestId }: LoggingSettings): boolean {
  return requestId || format === "json";
}
