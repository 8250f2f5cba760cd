/** What the URLs of a route are made of. */
import { UrlError } from "./errors.ts";
import { type Parameter, parametersOf, type Token } from "./path-pattern.ts";

/** Of parameters and defaults, by their names. */
export type Values = Readonly<Record<string, unknown>>;

export interface BuiltUrl {
  /** Undefined: the host that is asked. */
  readonly host: string | undefined;
  /** Percent-encoded. */
  readonly path: string;
  /** The names that are no part of the query. */
  readonly used: ReadonlySet<string>;
}

export interface TemplateParts {
  readonly host: readonly Token[];
  readonly path: readonly Token[];
  readonly defaults: Values;
}

export class UrlTemplate {
  /** Of parameters and of defaults. */
  readonly names: ReadonlySet<string>;
  readonly defaults: Values;
  readonly #host: readonly Token[];
  readonly #path: readonly Token[];

  constructor({ host, path, defaults }: TemplateParts) {
    this.defaults = defaults;
    this.#host = host;
    this.#path = path;
    const parameters = parametersOf([...host, ...path]).map(({ name }) => name);
    this.names = new Set([...parameters, ...Object.keys(defaults)]);
  }

  /** The names of what is missing in the values, or is not what the route has by default. */
  unfit(values: Values): readonly string[] {
    return [...this.names].filter((name) => {
      const [value, preset] = [values[name], this.defaults[name]];
      if (value === undefined || value === null) return preset === undefined;
      return preset !== undefined && value !== preset;
    });
  }

  /** @throws {UrlError} a value is none that the route would match */
  build(values: Values): BuiltUrl {
    const all = { ...values, ...this.defaults };
    const host = this.#host.length === 0 ? undefined : checkedHost(filled(this.#host, all));
    return { host, path: encodePath(filled(this.#path, all)), used: this.names };
  }
}

/**
 * Text, percent-encoded where a path must be: all but the URL Standard's "URL-path-segment string", and
 * slashes.
 */
export function encodePath(path: string): string {
  return encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23");
}

function filled(tokens: readonly Token[], values: Values): string {
  return tokens
    .map((token) => {
      if (token.kind === "slash") return "/";
      return token.kind === "text" ? token.text : textFor(token.parameter, values);
    })
    .join("");
}

// No text has half a character: it could not be encoded.
const UNPAIRED_SURROGATE = /\p{Surrogate}/u;

function textFor({ name, toUrl, toValue, whole, source }: Parameter, values: Values): string {
  const value = values[name];
  const text = toUrl(value);
  if (whole.test(text) && toValue(text) !== undefined && !UNPAIRED_SURROGATE.test(text)) {
    return text;
  }
  throw new UrlError(`${name}: ${shown(value)} would not be matched by ${source}`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** RFC 9110 §4.2.1 and RFC 3986 §3.2.2, but for what is percent-encoded: nobody's Host is. */
function checkedHost(host: string): string {
  if (/^[\w.-]+$/.test(host)) return host;
  throw new UrlError(`${JSON.stringify(host)} is no host`);
}
