/** Converters: what a part of a path looks like, and the value that it stands for. */

/** Made by users for `createRouter({ converters })`. */
export interface Converter<Value = unknown> {
  /** What the text looks like, percent-decoded: anchored at both ends; the flag is `u`. */
  readonly regex: RegExp | string;
  /**
   * What handlers are given; `undefined`: the text is none after all, and other routes are tried.
   * If not there: the text.
   */
  toValue?(text: string): Value | undefined;
  /** The text for a URL, not yet percent-encoded. If not there: `String(value)`. */
  toUrl?(value: Value): string;
  /** What is lighter is tried first. If not given: 100; `int` and `float` have 50, `path` 200. */
  readonly weight?: number;
  /**
   * Whether the text may hold slashes: then it is matched against all that is left of the path. If not given:
   * whether the regex holds one, but for `[^/]`.
   */
  readonly spansSegments?: boolean;
}

/** What stands in the brackets of `<int(2, min=5):id>`: texts, without the quotes that they may have had. */
export interface ConverterArguments {
  readonly positional: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

/** For converters with arguments; called once for each parameter of a pattern. */
export type ConverterFactory<Value = unknown> = (args: ConverterArguments) => Converter<Value>;

export type ConverterTable = Readonly<Record<string, Converter | ConverterFactory>>;

export type NoConverters = Readonly<Record<never, never>>;

/** The type of the values that a converter, or what a factory makes, gives to handlers. */
export type ValueOf<Own> = Own extends (args: ConverterArguments) => infer Made
  ? ValueOf<Made>
  : Own extends Converter<infer Value>
    ? unknown extends Value
      ? string
      : Value
    : never;
