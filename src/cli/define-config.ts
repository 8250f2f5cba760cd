/** The type of `portico.config.ts`, made from the table of settings. */
import type { Binding } from "../server/addresses.ts";
import type { MemorySize } from "./memory-size.ts";
import type { SettingName, Settings } from "./settings.ts";

/** A setting as a file writes it: addresses are text, as `--bind` takes it, and so is memory. */
type Written<Value> = Value extends readonly Binding[]
  ? string | readonly string[]
  : Value extends MemorySize
    ? string
    : Value;

/** Every setting of docs/settings.md by its name, and what to serve. */
export type Config = {
  readonly [Name in Exclude<SettingName, "config">]?: Written<Settings[Name]> | undefined;
} & {
  /** What the command line calls TARGET. */
  readonly target?: string | undefined;
};

/** Returns what it is given; an editor then knows the names and types of settings. */
export function defineConfig(config: Config): Config {
  return config;
}
