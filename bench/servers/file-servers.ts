/** Servers of files. */
import type { BenchServer } from "./bench-server.ts";

export const FILE_SERVERS: readonly BenchServer[] = [];
