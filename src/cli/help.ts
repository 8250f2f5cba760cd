/** What `--help`, `--version` and `--print-config` print, made from the tables of settings and flags. */
import type { ShownSetting } from "../control/controlled.ts";
import { wrapped } from "../log/wrapped.ts";
import { COMMANDS } from "./flags.ts";
import { SECTIONS, type Setting, type SettingTable, settingNames } from "./setting.ts";
import { originOf, type SettingSource, type SettingSources } from "./setting-sources.ts";
import { NO_VALUE } from "./setting-types.ts";
import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from "./settings.ts";
import { SUBCOMMANDS } from "./subcommands.ts";

const WIDTH = 90;

/** Where the text beside a flag begins; a longer flag has a line to itself. */
const TEXT_COLUMN = 28;

const INTRODUCTION = `usage: portico [OPTIONS] TARGET

Serves a WSGI application written in Python, TypeScript or JavaScript.

TARGET is one of:
  module                    a Python module; serves its "application", else its "app"
  module:attribute          the application in it, such as mysite.wsgi:application
  module:create_app("x")    what a call of it returns; arguments are Python literals
  path/to/app.py[:app]      a Python file
  ./app.ts[:name]           a TypeScript or JavaScript file (.ts .mts .cts .js .mjs .cjs):
                            its default export, else "application", else "app"

Examples:
  portico mysite.wsgi
  portico -b :8080 -w 4 --threads 8 "shop:create_app(debug=True)"
  portico -b unix:/run/portico.sock --access-logfile - ./app.ts`;

/** All of `portico --help`, with a line end. */
export function helpText(): string {
  const subcommands = [...SUBCOMMANDS].map(([word, { help }]) => entry(`portico ${word}`, help));
  const introduction = `${INTRODUCTION}\n\nOther commands, each with its --help:\n${subcommands.join("\n")}`;
  return commandHelp(introduction, SETTINGS);
}

/** What a command's `--help` prints: the introduction, then its options, section by section. */
export function commandHelp<Values>(introduction: string, table: SettingTable<Values>): string {
  const commands = Object.values(COMMANDS).map(({ flags, help }) => entry(flags.join(", "), help));
  const sections = SECTIONS.map((section) => [section, sectionEntries(section, table)] as const)
    .filter(([, entries]) => entries.length > 0)
    .map(([section, entries]) => `${section}:\n${entries.join("\n")}`);
  return `${[introduction, `Options:\n${commands.join("\n")}`, ...sections].join("\n\n")}\n`;
}

/** All of `--version`, in gunicorn's words, with a line end. */
export function versionText(version: string): string {
  return `portico (version ${version})\n`;
}

/** Every setting with its value and where that comes from. */
export function shownSettings(settings: Settings, sources: SettingSources): ShownSetting[] {
  return SETTING_NAMES.map((name) => ({
    name,
    value: shownValue(name, settings),
    source: shownSource(sources[name]),
  }));
}

/** All of `--print-config`: a line for each setting. */
export function printedConfig(shown: readonly ShownSetting[]): string {
  const nameWidth = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(
    ({ name, value, source }) => `${name.padEnd(nameWidth)} = ${value}  (${source})`,
  );
  return `${lines.join("\n")}\n`;
}

/** A setting's flags with the name of its value, as help shows them: `-w, --workers INT`. */
function flagsText(setting: Pick<Setting<unknown>, "flags" | "metavar">): string {
  const flags = setting.flags.join(", ");
  return setting.metavar === undefined ? flags : `${flags} ${setting.metavar}`;
}

/** A setting's default as text, if it has a value without being set. */
export function defaultText<Name extends SettingName>(name: Name): string | undefined {
  const setting: Setting<Settings[Name]> = SETTINGS[name];
  return shownDefault(setting);
}

function shownDefault<Value>(setting: Setting<Value>): string | undefined {
  const text = setting.type.show(setting.default);
  return text === NO_VALUE ? undefined : text;
}

function sectionEntries<Values>(section: string, table: SettingTable<Values>): string[] {
  return settingNames(table)
    .filter((name) => table[name].section === section)
    .map((name) => {
      const setting = table[name];
      return entry(flagsText(setting), `${setting.help}${remarks(setting)}`);
    });
}

function remarks<Value>(setting: Setting<Value>): string {
  const { metavar, environment, repeatable } = setting;
  const byDefault = metavar === undefined ? undefined : shownDefault(setting);
  const parts = [
    ...(repeatable ? ["repeatable"] : []),
    ...(byDefault === undefined ? [] : [`default: ${byDefault}`]),
    ...(environment === undefined ? [] : [`environment: ${environment.variable}`]),
  ];
  return parts.length === 0 ? "" : ` [${parts.join("; ")}]`;
}

/** A flag or a command with what it does, beside one another. */
export function entry(flags: string, text: string): string {
  const lines = wrapped(text, WIDTH - TEXT_COLUMN);
  const indent = " ".repeat(TEXT_COLUMN);
  const label = `  ${flags}`;
  if (label.length + 2 > TEXT_COLUMN) {
    return [label, ...lines.map((line) => indent + line)].join("\n");
  }
  const [first = "", ...others] = lines;
  return [label.padEnd(TEXT_COLUMN) + first, ...others.map((line) => indent + line)].join("\n");
}

function shownValue<Name extends SettingName>(name: Name, settings: Settings): string {
  const setting: Setting<Settings[Name]> = SETTINGS[name];
  return setting.type.show(settings[name]);
}

function shownSource(source: SettingSource): string {
  if (source.kind === "default") return "default";
  const origin = originOf(source);
  return source.kind === "environment" || source.kind === "command line"
    ? `${source.kind} ${origin}`
    : origin;
}
