/** An attendant with an address of its own: while there are two servers, only the first can have it. */
import type { Logger } from "../log/logger.ts";
import type { Attendant } from "./service.ts";

/** What a new server tells its attendant waits until `alone`; what goes wrong then is in the log. */
export function whenAlone(attendant: Attendant, alone: Promise<void>, log: Logger): Attendant {
  let isAlone = false;
  let last: Promise<void> = alone.then(() => {
    isAlone = true;
  });
  const later = (tell: () => Promise<void> | void): Promise<void> | void => {
    last = last.then(tell).catch((error: unknown) => {
      log.error(error instanceof Error ? error.message : String(error));
    });
    return isAlone ? last : undefined;
  };
  return {
    starting: (controls) => later(() => attendant.starting?.(controls)),
    listening: (addresses) => later(() => attendant.listening?.(addresses)),
    ready: () => later(() => attendant.ready?.()),
    reloading: () => later(() => attendant.reloading?.()),
    reloaded: (outcome) => later(() => attendant.reloaded?.(outcome)),
    resized: (workers) => later(() => attendant.resized?.(workers)),
    upgrading: () => later(() => attendant.upgrading?.()),
    stopping: () => later(() => attendant.stopping?.()),
    ended: () => later(() => attendant.ended?.()),
  };
}
