/** The settings of what the logs' lines look like, and of what leads from one to another. */
import type { SettingTable } from "./setting.ts";
import { aSwitch, oneOf } from "./setting-types.ts";

const LOG_FORMATS = ["text", "json"] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LoggingSettings {
  readonly logFormat: LogFormat;
  readonly requestId: boolean;
}

export const LOGGING_SETTINGS: SettingTable<LoggingSettings> = {
  logFormat: {
    section: "Logging",
    flags: ["--log-format"],
    metavar: "FORMAT",
    type: oneOf(LOG_FORMATS, "is not text or json"),
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
