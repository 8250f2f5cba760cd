/** The public names, re-exported; the only file that re-exports. */

export type { BufferLimits } from "./buffers/buffers.ts";
export { type Config, defineConfig } from "./cli/define-config.ts";
export { type MakeServerOptions, makeServer, type RunningServer } from "./embed/make-server.ts";
export { python } from "./embed/python.ts";
export { type ServeOptions, serve } from "./embed/serve.ts";
export { VERSION } from "./embed/version.ts";
export type { PythonOptions } from "./engines/cpython/python-options.ts";
export { LoadError } from "./engines/errors.ts";
export type { Timeouts } from "./frontends/http1/server-context.ts";
export { DeployedEnvironError } from "./gateway/deployed-environ.ts";
export { AddressListError } from "./gateway/trusted-peers.ts";
export type { HeaderMap } from "./http/fields.ts";
export type { HttpLimits } from "./http/limits.ts";
export { JSON_ENTRIES } from "./log/json-entries.ts";
export { createLogger, type Logger, type LoggerOptions } from "./log/logger.ts";
export { lint } from "./middleware/lint.ts";
export { MountError, mount } from "./routing/mount.ts";
export type { ConnectionLimits } from "./server/limits.ts";
export { ListenError } from "./server/listeners.ts";
export type { ProxyOptions } from "./server/proxies.ts";
export { type TlsCredentials, TlsError } from "./server/tls-credentials.ts";
export type { TlsOptions } from "./server/tls-options.ts";
export type { CacheLimits } from "./static/directory.ts";
export { StaticFilesError, type StaticFilesOptions, staticFiles } from "./static/static-files.ts";
export type { Finding, OnFinding } from "./wsgi/lint/finding.ts";
export { formatFinding } from "./wsgi/lint/format-finding.ts";
export type { LintOptions } from "./wsgi/lint.ts";
export type {
  Application,
  EarlyHints,
  Environ,
  ErrorStream,
  HeaderList,
  InputStream,
  Middleware,
  NativeString,
  ResponseBody,
  StartResponse,
  Upgrade,
  Write,
} from "./wsgi/types.ts";
