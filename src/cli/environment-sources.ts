/** The settings that environment variables give: Portico's own, and those that hosts and gunicorn know. */
import { quoted } from "../log/escapes.ts";
import { SettingError } from "./errors.ts";
import { nearestOf } from "./nearest.ts";
import type { EnvironmentVariables, GivenTexts, Layer } from "./setting-sources.ts";
import { SETTING_NAMES, SETTINGS, type SettingName } from "./settings.ts";
import { ShellWordsError, shellWords } from "./shell-words.ts";

const PREFIX = "PORTICO_";

/** PORT, WEB_CONCURRENCY and FORWARDED_ALLOW_IPS. @throws {SettingError} */
export function commonLayer(environment: EnvironmentVariables): Layer {
  return layerOf(environment, (name) => {
    const common = SETTINGS[name].environment;
    return common && { variable: common.variable, textsOf: common.textsOf ?? ((text) => [text]) };
  });
}

/** A PORTICO_ variable for every setting. @throws {SettingError} */
export function ownLayer(environment: EnvironmentVariables): Layer {
  return layerOf(environment, (name) => ({
    variable: variableOf(name),
    textsOf: SETTINGS[name].repeatable ? wordsOf : (text) => [text],
  }));
}

/** A line for the log about each variable that looks like a setting and is none. */
export function unknownVariables(environment: EnvironmentVariables): string[] {
  const known = SETTING_NAMES.map(variableOf);
  const shortNames = known.map((variable) => variable.slice(PREFIX.length));
  return Object.keys(environment)
    .filter((variable) => variable.startsWith(PREFIX))
    .filter((variable) => !known.includes(variable))
    .map((variable) => {
      const nearest = nearestOf(variable.slice(PREFIX.length), shortNames);
      const hint =
        nearest === undefined ? "docs/settings.md lists all" : `did you mean ${PREFIX}${nearest}?`;
      return `${variable} is set and names no setting; ${hint}`;
    });
}

/** The variable of a setting: PORTICO_ACCESS_LOGFILE of accessLogfile. */
function variableOf(name: SettingName): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

interface Variable {
  readonly variable: string;
  readonly textsOf: (text: string, origin: string) => readonly string[];
}

/** An empty variable is as good as none. */
function layerOf(
  environment: EnvironmentVariables,
  variableOf: (name: SettingName) => Variable | undefined,
): Layer {
  const layer = new Map<SettingName, GivenTexts>();
  for (const name of SETTING_NAMES) {
    const { variable, textsOf } = variableOf(name) ?? {};
    const text = variable && environment[variable];
    if (!variable || !textsOf || !text) continue;
    const source = { kind: "environment", variable } as const;
    layer.set(name, { source, texts: textsOf(text, variable) });
  }
  return layer;
}

/** Several values of a repeatable setting stand as words of a shell would. */
function wordsOf(text: string, origin: string): readonly string[] {
  try {
    return shellWords(text);
  } catch (error) {
    if (!(error instanceof ShellWordsError)) throw error;
    throw new SettingError(origin, `${quoted(text)}: ${error.message}`, { cause: error });
  }
}
