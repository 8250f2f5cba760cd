/** The tables of servers, by the applications that they can serve. */
import type { BenchServer, Language } from "./bench-server.ts";
import { FILE_SERVERS } from "./file-servers.ts";
import { PYTHON_SERVERS } from "./python-servers.ts";
import { TYPESCRIPT_SERVERS } from "./typescript-servers.ts";

export const SERVERS: Readonly<Record<Language, readonly BenchServer[]>> = {
  python: PYTHON_SERVERS,
  typescript: TYPESCRIPT_SERVERS,
  files: FILE_SERVERS,
};

export const ALL_PYTHON: readonly string[] = PYTHON_SERVERS.map(({ name }) => name);
export const ALL_TYPESCRIPT: readonly string[] = TYPESCRIPT_SERVERS.map(({ name }) => name);
export const ALL_FILES: readonly string[] = FILE_SERVERS.map(({ name }) => name);
