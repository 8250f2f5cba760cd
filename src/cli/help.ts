/** What `--help`, `--version` and `--print-config` print, made from the tables of settings and flags. */
import { COMMANDS } from "./flags.ts";
import { SECTIONS, type Setting } from "./setting.ts";
import { originOf, type SettingSource, type SettingSources } from "./setting-sources.ts";
import { NO_VALUE } from "./setting-types.ts";
import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from "./settings.ts";

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

/** All of `--help`, with a line end. */
export function helpText(): string {
  const commands = Object.values(COMMANDS).map(({ flags, help }) => entry(flags.join(", "), help));
  const sections = SECTIONS.map((section) => `${section}:\n${sectionEntries(section)}`);
  return `${[INTRODUCTION, `Options:\n${commands.join("\n")}`, ...sections].join("\n\n")}\n`;
}

/** All of `--version`, in gunicorn's words, with a line end. */
export function versionText(version: string): string {
  return `portico (version ${version})\n`;
}

/** All of `--print-config`: a line for each setting, with its value and where that comes from. */
export function printedConfig(settings: Settings, sources: SettingSources): string {
  const rows = SETTING_NAMES.map(
    (name) => [name, shownValue(name, settings), sources[name]] as const,
  );
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(
    ([name, value, source]) => `${name.padEnd(nameWidth)} = ${value}  (${shownSource(source)})`,
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
  const text = setting.type.show(setting.default);
  return text === NO_VALUE ? undefined : text;
}

function sectionEntries(section: string): string {
  return SETTING_NAMES.filter((name) => SETTINGS[name].section === section)
    .map((name) => entry(flagsText(SETTINGS[name]), `${SETTINGS[name].help}${remarks(name)}`))
    .join("\n");
}

function remarks(name: SettingName): string {
  const { metavar, environment, repeatable } = SETTINGS[name];
  const byDefault = metavar === undefined ? undefined : defaultText(name);
  const parts = [
    ...(repeatable ? ["repeatable"] : []),
    ...(byDefault === undefined ? [] : [`default: ${byDefault}`]),
    ...(environment === undefined ? [] : [`environment: ${environment.variable}`]),
  ];
  return parts.length === 0 ? "" : ` [${parts.join("; ")}]`;
}

function entry(flags: string, text: string): string {
  const lines = wrapped(text, WIDTH - TEXT_COLUMN);
  const indent = " ".repeat(TEXT_COLUMN);
  const label = `  ${flags}`;
  if (label.length + 2 > TEXT_COLUMN) {
    return [label, ...lines.map((line) => indent + line)].join("\n");
  }
  const [first = "", ...others] = lines;
  return [label.padEnd(TEXT_COLUMN) + first, ...others.map((line) => indent + line)].join("\n");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
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
