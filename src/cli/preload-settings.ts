/** The setting of how workers get their application. */
import type { SettingTable } from "./setting.ts";
import { aSwitch } from "./setting-types.ts";

export interface PreloadSettings {
  readonly preload: boolean;
}

export const PRELOAD_SETTINGS: SettingTable<PreloadSettings> = {
  preload: {
    section: "Server Mechanics",
    flags: ["--preload"],
    type: aSwitch,
    default: false,
    help: "Import a Python application once, in a process of its own that serves nothing, and fork the workers from that: they start at once and share its memory. A reload imports it anew. docs/operations.md says what an application must keep to.",
  },
};
