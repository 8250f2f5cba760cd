/** Reason phrases of the status codes that a server makes by itself (RFC 9110 §15). */

const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  103: "Early Hints",
  200: "OK",
  204: "No Content",
  304: "Not Modified",
  400: "Bad Request",
  404: "Not Found",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  417: "Expectation Failed",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

/** `404` gives `404 Not Found`, a PEP 3333 status string. */
export function statusLine(code: number): string {
  return `${code} ${REASONS[code] ?? "Unknown"}`;
}
