/** The converters that every router has: those of Werkzeug, with `str` and `slug` of Django. */
import type { Converter, ConverterArguments, ConverterFactory } from "./converter.ts";
import { flagOf, lengthOf, numberOf, settingsOf } from "./converter-arguments.ts";
import { RouteError } from "./errors.ts";

export const CONVERTERS: Readonly<Record<string, ConverterFactory>> = {
  default: text,
  string: text,
  str: text,
  slug: () => ({ regex: "[-a-zA-Z0-9_]+" }),
  any,
  path: () => ({ regex: ANY_PATH, weight: 200, spansSegments: true }),
  int,
  float,
  uuid: () => ({
    regex: "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    // RFC 9562 §4: read without regard to case, written small.
    toValue: (found) => found.toLowerCase(),
    toUrl: (value) => String(value).toLowerCase(),
  }),
};

/** One segment, or a part of one. */
export const ANY_SEGMENT = "[^/]+";

/** Segments; as few as will do, since more may follow. */
export const ANY_PATH = "[^/][\\s\\S]*?";

function text(args: ConverterArguments): Converter<string> {
  const settings = settingsOf(args, ["minlength", "maxlength", "length"]);
  const [min, max, exact] = [
    lengthOf(settings.minlength) ?? 1,
    lengthOf(settings.maxlength),
    lengthOf(settings.length),
  ];
  if (exact !== undefined) return { regex: `[^/]{${exact}}` };
  if (min === 1 && max === undefined) return { regex: ANY_SEGMENT };
  if (max !== undefined && max < min) throw new RouteError(`no text is ${min} to ${max} long`);
  return { regex: `[^/]{${min},${max ?? ""}}` };
}

function any({ positional, named }: ConverterArguments): Converter<string> {
  const [name] = Object.keys(named);
  if (name !== undefined) throw new RouteError(`any takes items alone, not ${name}=`);
  if (positional.length === 0) throw new RouteError("any needs an item at least");
  return { regex: `(?:${positional.map(escapeRegex).join("|")})` };
}

function int(args: ConverterArguments): Converter<number> {
  const settings = settingsOf(args, ["fixed_digits", "min", "max", "signed"]);
  const digits = lengthOf(settings.fixed_digits) ?? 0;
  const bounds = boundsOf(settings);
  return {
    regex: `${flagOf(settings.signed) ? "-?" : ""}[0-9]+`,
    weight: 50,
    toValue: (found) => {
      // Signed, "-0" is 0.
      const value = Number(found) || 0;
      const fits = digits === 0 || found.length === digits;
      // Beyond 2^53 two texts would be one number.
      return fits && Number.isSafeInteger(value) ? bounds(value) : undefined;
    },
    toUrl: (value) => {
      const [sign, rest] = value < 0 ? ["-", String(-value)] : ["", String(value)];
      return sign + rest.padStart(digits - sign.length, "0");
    },
  };
}

function float(args: ConverterArguments): Converter<number> {
  const settings = settingsOf(args, ["min", "max", "signed"]);
  const bounds = boundsOf(settings);
  return {
    regex: `${flagOf(settings.signed) ? "-?" : ""}[0-9]+\\.[0-9]+`,
    weight: 50,
    toValue: (found) => bounds(Number(found)),
    toUrl: (value) => (Number.isInteger(value) ? `${value}.0` : String(value)),
  };
}

function boundsOf(settings: {
  readonly min?: string;
  readonly max?: string;
}): (value: number) => number | undefined {
  const min = numberOf(settings.min) ?? Number.NEGATIVE_INFINITY;
  const max = numberOf(settings.max) ?? Number.POSITIVE_INFINITY;
  if (max < min) throw new RouteError(`no number is between ${min} and ${max}`);
  return (value) => (value >= min && value <= max ? value : undefined);
}

/** A regex that matches this very text, also with the flag `u`. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
