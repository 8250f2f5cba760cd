/** The settings of development: loading the application anew when its sources change. */
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { aSwitch, asItIs, NO_VALUE, oneOf, type SettingType } from "./setting-types.ts";

export interface DevelopmentSettings {
  readonly reload: boolean;
  readonly reloadEngine: ReloadEngine;
  readonly reloadExtraFile: readonly string[];
}

/** gunicorn's words; `inotify` is what `auto` uses on Linux. */
const RELOAD_ENGINES = ["auto", "poll", "inotify"] as const;

export type ReloadEngine = (typeof RELOAD_ENGINES)[number];

const paths: SettingType<readonly string[]> = {
  shape: "list",
  read(texts, origin) {
    if (texts.includes("")) throw new SettingError(origin, "the value is empty");
    return texts;
  },
  show: (texts) => texts.join(", ") || NO_VALUE,
};

export const DEVELOPMENT_SETTINGS: SettingTable<DevelopmentSettings> = {
  reload: {
    section: "Debugging",
    flags: ["--reload"],
    type: aSwitch,
    default: false,
    help: "For development: load the application anew when a source file (Python, TypeScript, JavaScript) changes in the working directory, beside the target, or in a --pythonpath. Requests wait meanwhile. One that cannot be loaded is shown in the browser, and the next change is waited for.",
  },
  reloadEngine: {
    section: "Debugging",
    flags: ["--reload-engine"],
    metavar: "NAME",
    type: oneOf(RELOAD_ENGINES, `is not ${RELOAD_ENGINES.join(", ")}`, asItIs),
    default: "auto",
    help: "How --reload hears of changes: auto or inotify, the system tells; poll, it looks once a second, for mounts of containers and networks that tell nothing.",
  },
  reloadExtraFile: {
    section: "Debugging",
    flags: ["--reload-extra-file"],
    metavar: "PATH",
    type: paths,
    default: [],
    repeatable: true,
    help: "A file, a directory or a pattern (* ? [...] **) of other files whose change counts for --reload, such as templates.",
  },
};
