/** What stands beside a service on the command line, and in which order it is told. */
import { VERSION } from "../embed/version.ts";
import type { Logger } from "../log/logger.ts";
import { ControlAttendant } from "./control-attendant.ts";
import { servesFiles } from "./files-settings.ts";
import type { GunicornHooks } from "./gunicorn-hooks.ts";
import type { Launch } from "./launch.ts";
import type { Logs } from "./logs.ts";
import { machineRoom } from "./machine-room.ts";
import { MetricsAttendant, openStatsd, StatsdAttendant } from "./metrics-attendants.ts";
import { type Order, withRights } from "./serve-target.ts";
import type { Attendant, Service } from "./service.ts";
import type { Settings } from "./settings.ts";
import type { ServedTls } from "./tls-renewal.ts";
import type { Upgrade } from "./upgrade.ts";
import { whenAlone } from "./when-alone.ts";

/** One run of the command, as far as it is known before anything is served. */
export interface Run {
  readonly order: Order;
  readonly launch: Launch;
  readonly logs: Logs;
  readonly hooks: GunicornHooks | undefined;
  readonly tls: ServedTls | undefined;
  /** Lines for the log. */
  readonly notes: readonly string[];
}

export interface Attendants {
  readonly attendants: readonly Attendant[];
  readonly upgrade: Upgrade;
}

/** What few use is loaded where it is asked for. */
export async function attendantsOf(run: Run, service: Service): Promise<Attendants> {
  const { order, launch, logs, hooks, tls } = run;
  const { settings } = order;
  const log = logs.error;
  const { first, last, upgrade } = await machineRoom(order, launch, service, log);
  const withAddresses = [
    ...(settings.noControlSocket ? [] : [new ControlAttendant(order, logs)]),
    ...(await watchersOf(settings, logs)),
  ];
  const isSuccessor = launch.starter?.kind === "predecessor";
  const attendants = [
    ...first,
    announcer(run),
    ...(await filesOf(settings, log)),
    ...(hooks === undefined ? [] : [hooks]),
    ...(tls === undefined ? [] : [tls.attendantOf(service)]),
    ...(isSuccessor
      ? withAddresses.map((one) => whenAlone(one, upgrade.alone, log))
      : withAddresses),
    ...(await developmentOf(order, service, log)),
    ...last,
  ];
  return { attendants, upgrade };
}

function announcer({ order, hooks, notes, logs }: Run): Attendant {
  const log = logs.error;
  return {
    starting() {
      log.info(`Starting portico ${VERSION}`);
      for (const note of [...notes, ...(hooks?.notRun(order.target) ?? [])]) log.info(note);
    },
  };
}

async function filesOf(settings: Settings, log: Logger): Promise<readonly Attendant[]> {
  if (!servesFiles(settings)) return [];
  const { filesAnnouncer } = await import("./served-files.ts");
  return [filesAnnouncer(settings, log)];
}

/** What is told how the service fares. */
async function watchersOf(settings: Settings, logs: Logs): Promise<readonly Attendant[]> {
  const { metricsBind } = settings;
  const statsd = await openStatsd(settings, logs);
  return [
    ...(metricsBind === undefined
      ? []
      : [new MetricsAttendant(withRights(metricsBind, settings), logs.error)]),
    ...(statsd === undefined ? [] : [new StatsdAttendant(statsd, settings)]),
  ];
}

async function developmentOf(
  order: Order,
  service: Service,
  log: Logger,
): Promise<readonly Attendant[]> {
  if (!order.settings.reload) return [];
  const { DevelopmentService, sourceAttendant } = await import("./development.ts");
  if (!(service instanceof DevelopmentService)) return [];
  return [sourceAttendant(order, log, () => service.hold())];
}
