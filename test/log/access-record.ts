/** An exchange as an access log is told of it, for tests to change. */
import type { AccessRecord } from "../../src/log/access-record.ts";

export const ACCESS_RECORD: AccessRecord = {
  remoteAddress: "127.0.0.1",
  method: "GET",
  target: "/a%20b?x=1",
  path: "/a b",
  query: "x=1",
  protocol: "HTTP/1.1",
  status: 200,
  bytesSent: 5,
  startTime: Date.UTC(2026, 10, 21, 5, 31, 58),
  durationMicroseconds: 448,
  pid: 8122,
  about: undefined,
  requestHeader: () => undefined,
  responseHeader: () => undefined,
  environ: () => undefined,
};
