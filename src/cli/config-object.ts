/** What `portico.config.ts`, `.js`, `.mjs` or `.json` holds, as a source of settings. */
import { shown } from "../log/escapes.ts";
import { textsOfValue, whatIsWritten } from "./config-values.ts";
import { SettingError, UsageError } from "./errors.ts";
import { nearestOf } from "./nearest.ts";
import type { GivenTexts, Layer } from "./setting-sources.ts";
import { SETTING_NAMES, SETTINGS, type SettingName } from "./settings.ts";

export interface ConfigObject {
  readonly layer: Layer;
  readonly target: string | undefined;
}

/** A file that names another would never end. */
const NAMES = SETTING_NAMES.filter((name) => name !== "config");
const TARGET = "target";

/** `file` is its name in messages. @throws {UsageError} an unknown name, or a value of a wrong type */
export function readConfigObject(config: unknown, file: string): ConfigObject {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UsageError(`${file}: it holds no object with settings`);
  }
  const { [TARGET]: target, ...values }: Readonly<Record<string, unknown>> = { ...config };
  if (target !== undefined && typeof target !== "string") {
    throw new SettingError(`${file}: ${TARGET}`, "it is not text");
  }
  const layer = new Map<SettingName, GivenTexts>();
  for (const [key, value] of Object.entries(values)) {
    const name = NAMES.find((known) => known === key) ?? unknownName(key, file);
    if (value === undefined || value === null) continue;
    const { shape } = SETTINGS[name].type;
    const texts = textsOfValue(shape, value);
    if (texts === undefined) {
      throw new SettingError(`${file}: ${key}`, `it is not ${whatIsWritten(shape)}`);
    }
    layer.set(name, { source: { kind: "file", file, key }, texts });
  }
  return { layer, target };
}

function unknownName(key: string, file: string): never {
  const nearest = nearestOf(key, [...NAMES, TARGET]);
  const hint = nearest === undefined ? "docs/settings.md lists all" : `did you mean ${nearest}?`;
  throw new UsageError(`${file}: there is no setting ${shown(key)}; ${hint}`);
}
