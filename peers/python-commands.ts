/** How the WSGI servers of peers/requirements.txt are started, but for the settings that are a matter of taste. */
export const PEERS_ENVIRONMENT: string = "peers/.venv";
const BIN = `${PEERS_ENVIRONMENT}/bin`;

export const PEERS_PYTHON: string = `${BIN}/python`;

/** `module:application` is served at this port of 127.0.0.1. */
export interface Site {
  readonly module: string;
  readonly port: string;
}

export function gunicorn({ module, port }: Site, ...options: readonly string[]): string[] {
  const address = ["-b", `127.0.0.1:${port}`, "--no-control-socket"];
  return [`${BIN}/gunicorn`, `${module}:application`, ...address, ...options];
}

/** `way` is the option that names the address: `--http-socket`, `--http11-socket` or `--http`. */
export function uwsgi(
  way: string,
  { module, port }: Site,
  ...options: readonly string[]
): string[] {
  const application = ["--module", `${module}:application`];
  const settings = ["--master", "--need-app", "--die-on-term"];
  return [`${BIN}/uwsgi`, way, `127.0.0.1:${port}`, ...application, ...settings, ...options];
}

/** mod_wsgi-express: `file` is the application's, `scratch` a directory for what Apache writes. */
export function modWsgi(
  file: string,
  { port, scratch }: { readonly port: string; readonly scratch: string },
  ...options: readonly string[]
): string[] {
  const address = ["--host", "127.0.0.1", "--port", port, "--locale", "C.UTF-8"];
  const log = ["--server-root", `${scratch}/mod_wsgi-${port}`, "--log-to-terminal"];
  return [
    ...asNobody(),
    `${BIN}/mod_wsgi-express`,
    "start-server",
    file,
    ...address,
    ...log,
    ...options,
  ];
}

export function cheroot({ module, port }: Site, ...options: readonly string[]): string[] {
  return [`${BIN}/cheroot`, `${module}:application`, "--bind", `127.0.0.1:${port}`, ...options];
}

export function waitress({ module, port }: Site, ...options: readonly string[]): string[] {
  const address = `--listen=127.0.0.1:${port}`;
  return [`${BIN}/waitress-serve`, address, ...options, `${module}:application`];
}

export function twisted({ module, port }: Site): string[] {
  const address = ["--listen", `tcp:${port}:interface=127.0.0.1`];
  const application = ["--wsgi", `${module}.application`];
  return [`${BIN}/twist`, "--log-format", "text", "web", ...address, ...application];
}

export function granian({ module, port }: Site, ...options: readonly string[]): string[] {
  const address = ["--host", "127.0.0.1", "--port", port];
  return [`${BIN}/granian`, "--interface", "wsgi", ...options, ...address, `${module}:application`];
}

/** What has no command line is started by peers/serve.py, which tells what `options` are. */
export function startedBy(
  server: string,
  { module, port }: Site,
  ...options: readonly string[]
): string[] {
  return [PEERS_PYTHON, "peers/serve.py", server, `${module}:application`, port, ...options];
}

/**
 * Apache serves nothing as root, and another user may not be able to read root's Python: a user
 * namespace in which root is called otherwise can.
 */
function asNobody(): string[] {
  if (process.getuid?.() !== 0) return [];
  return ["unshare", "--user", "--map-user=65534", "--map-group=65534"];
}
