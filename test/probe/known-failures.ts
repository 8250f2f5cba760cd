/** What two servers are known to break: one is a reference, one for development, and both say so. */

/** Reading asks the connection for what the client never sends. */
const HANGS_WHEN_READ = [
  ...["input-read", "input-read-rest", "input-past-end", "input-none", "input-ended"],
  ...["input-readline-size", "input-all", "input-last-line", "input-readlines", "input-iteration"],
];

const BROKEN_BY_BOTH = [
  ...HANGS_WHEN_READ,
  ...["no-body-for-head", "no-body-for-204", "no-body-for-304"],
  ...["length-overrun", "write-overrun", "stops-at-length"],
  ...["status-controls", "value-controls", "header-names", "head-types", "head-checked-at-once"],
  // An empty item sends the head.
  "head-waits",
  // An emptied environ is looked into again.
  "environ-modified",
  ...["repeated-cookies", "proxy-field", "keep-alive"],
];

export const BROKEN_BY_WSGIREF: readonly string[] = [
  ...BROKEN_BY_BOTH,
  "underscore-fields",
  // Without the field it is text/plain.
  "content-type",
];

export const BROKEN_BY_WERKZEUG: readonly string[] = [
  ...BROKEN_BY_BOTH,
  ...["hop-by-hop-raises", "hop-by-hop-on-wire", "status-form", "date-and-server-kept"],
  ...["body-unread", "expect-continue-1.0", "framing-1.0"],
  // REMOTE_PORT is a number, which the validating middleware refuses, too.
  ...["environ-strings", "behind-middleware"],
  // What is not UTF-8 is replaced.
  "path-info",
];
