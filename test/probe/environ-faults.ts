/** Servers that give a wrong environ, and the rows that find it. */
import { entryFault, environFault, type Fault } from "./fault.ts";

export const ENVIRON_FAULTS: Readonly<Record<string, Fault>> = {
  "denies its threads": entryFault("multithread", () => ({ "wsgi.multithread": false })),
  "claims processes": entryFault("multiprocess", () => ({ "wsgi.multiprocess": true })),
  "runs once, it says": entryFault("run-once", () => ({ "wsgi.run_once": true })),
  "has an environ of a class": environFault(["environ-plain"], (environ) =>
    Object.assign(new (class Special {})(), environ),
  ),
  "keeps what was set": environFault(["environ-modified"], (environ) =>
    Object.assign(environ, { "probe.mark": "x" }),
  ),
  "names nobody": environFault(["environ-required", "server-name"], (environ) => {
    return Object.fromEntries(Object.entries(environ).filter(([name]) => name !== "SERVER_NAME"));
  }),
  "has a port that is a number": environFault(["environ-strings", "server-port"], (environ) => ({
    ...environ,
    SERVER_PORT: Number(environ.SERVER_PORT),
  })),
  "decodes fields": entryFault("environ-native", ({ HTTP_X_RAW = "" }) => ({
    HTTP_X_RAW: Buffer.from(HTTP_X_RAW, "latin1").toString(),
  })),
  "hides its client": environFault(["environ-cgi"], (environ) => {
    return Object.fromEntries(Object.entries(environ).filter(([name]) => name !== "REMOTE_ADDR"));
  }),
  "has a user without a name": entryFault("environ-no-value", () => ({ REMOTE_USER: "" })),
  "has names of its own": entryFault("environ-extension-names", () => ({ "Portico.X-Y": 1 })),
  "is of another version": entryFault("environ-version", () => ({ "wsgi.version": [1, 1] })),
  "claims TLS": environFault(["environ-url-scheme", "url"], (environ) => ({
    ...environ,
    "wsgi.url_scheme": "https",
  })),
  "changes methods": entryFault("method", ({ REQUEST_METHOD }) => ({
    REQUEST_METHOD: REQUEST_METHOD.toUpperCase(),
  })),
  "has a slash for the root": environFault(["script-name", "url"], (environ) => ({
    ...environ,
    SCRIPT_NAME: "/",
  })),
  "decodes the path twice": entryFault("path-info", ({ PATH_INFO }) => ({
    PATH_INFO: PATH_INFO.replace("%41", "A"),
  })),
  "decodes the query": environFault(["query-string", "url"], (environ) => ({
    ...environ,
    QUERY_STRING: environ.QUERY_STRING.replace("%41", "A"),
  })),
  "speaks one version": entryFault("protocol", () => ({ SERVER_PROTOCOL: "HTTP/1.1" })),
  "has a length too many": environFault(["content-length"], (environ) => ({
    ...environ,
    HTTP_CONTENT_LENGTH: environ.CONTENT_LENGTH ?? "",
  })),
  "has a type too many": entryFault("content-type", ({ CONTENT_TYPE }) => ({
    ...(CONTENT_TYPE !== undefined && { HTTP_CONTENT_TYPE: CONTENT_TYPE }),
  })),
  "invents lengths": entryFault("content-length-chunked", (environ) => ({
    ...(environ["wsgi.input_terminated"] === true && { CONTENT_LENGTH: "99" }),
  })),
  "invents fields": entryFault("http-variables", () => ({ HTTP_X_INVENTED: "1" })),
  "keeps the last field": entryFault("repeated-fields", ({ HTTP_X_A }) => ({
    ...(HTTP_X_A !== undefined && { HTTP_X_A: HTTP_X_A.slice(-1) }),
  })),
  "lets others pose": entryFault("underscore-fields", ({ HTTP_X_FOO }) => ({
    ...(HTTP_X_FOO === "good" && { HTTP_X_FOO: "evil" }),
  })),
};
