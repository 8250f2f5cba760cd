/** What stands beside a server on its machine: its number in a file, its user, its service manager, its successor. */
import type { Logger } from "../log/logger.ts";
import type { Launch } from "./launch.ts";
import { PidFile } from "./pid-file.ts";
import type { Order } from "./serve-target.ts";
import type { Attendant, Service } from "./service.ts";
import { Upgrade } from "./upgrade.ts";

export interface MachineRoom {
  readonly upgrade: Upgrade;
  /** Told before all others. */
  readonly first: readonly Attendant[];
  /** Told behind all others: what they say of a start is said when it is over. */
  readonly last: readonly Attendant[];
}

/** Parts that nobody has asked for are not loaded. @throws {UsageError} --user and --group cannot be done */
export async function machineRoom(
  order: Order,
  launch: Launch,
  service: Service,
  log: Logger,
): Promise<MachineRoom> {
  const { pid } = order.settings;
  const isSuccessor = launch.starter?.kind === "predecessor";
  const pidFile = pid === undefined ? undefined : new PidFile(pid, isSuccessor);
  const listeners = (): Service["listeners"] => service.listeners;
  const upgrade = new Upgrade({ launch, pidFile, listeners, log });
  const first = [
    pidFile && { starting: () => pidFile.keep() },
    await identityAttendant(order, pidFile),
  ];
  const last = [
    await managerAttendant(order, launch, upgrade, log),
    upgrade,
    launch.starter?.kind === "launcher" ? (await import("./daemon.ts")).daemonAttendant : undefined,
  ];
  return { upgrade, first: first.filter(isThere), last: last.filter(isThere) };
}

function isThere(attendant: Attendant | undefined): attendant is Attendant {
  return attendant !== undefined;
}

/** Becomes another user when the sockets are open, and before the application is loaded. */
async function identityAttendant(
  { settings, sockets = [] }: Order,
  pidFile: PidFile | undefined,
): Promise<Attendant | undefined> {
  if (settings.user === undefined && settings.group === undefined && !settings.initgroups) return;
  const { become, giveFiles, identityOf } = await import("./identity.ts");
  const identity = identityOf(settings);
  if (identity === undefined) return undefined;
  const { accessLogfile, errorLogfile, bind } = settings;
  const own = sockets.length > 0 ? [] : bind.flatMap((to) => (to.kind === "unix" ? to.path : []));
  const files = [accessLogfile, errorLogfile, pidFile?.path, ...own]
    .filter((path) => path !== undefined)
    .filter((path) => path !== "-");
  return {
    listening() {
      giveFiles(identity, files);
      become(identity);
    },
  };
}

async function managerAttendant(
  { settings }: Order,
  launch: Launch,
  upgrade: Upgrade,
  log: Logger,
): Promise<Attendant | undefined> {
  const socket = launch.env.NOTIFY_SOCKET;
  if (!socket) return undefined;
  const { Notifier } = await import("./notifier.ts");
  const { ServiceManager } = await import("./service-manager.ts");
  const notifier = new Notifier(socket, settings.python, log);
  const { gracefulTimeout } = settings;
  return new ServiceManager({
    launch,
    gracefulTimeout,
    tell: (assignments) => notifier.tell(assignments),
    successor: () => upgrade.successor,
  });
}
