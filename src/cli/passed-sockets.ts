/** The sockets that a service manager has opened for this process, as sd_listen_fds(3) says them. */
import type { OpenSocket } from "../server/addresses.ts";
import { SettingError } from "./errors.ts";
import type { EnvironmentVariables } from "./setting-sources.ts";

/** SD_LISTEN_FDS_START. */
const FIRST = 3;

/** None where they are meant for another process. @throws {SettingError} the number is none */
export function passedSockets(environment: EnvironmentVariables, pid: number): OpenSocket[] {
  const { LISTEN_PID: meant, LISTEN_FDS: count } = environment;
  if (count === undefined || meant !== String(pid)) return [];
  if (!/^\d{1,4}$/.test(count)) {
    throw new SettingError("LISTEN_FDS", `${JSON.stringify(count)} is not a number of sockets`);
  }
  return Array.from({ length: Number(count) }, (_, index) => ({
    kind: "descriptor",
    descriptor: FIRST + index,
  }));
}
