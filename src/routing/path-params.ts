/** The parameters of a path pattern, read by the type checker out of the pattern itself. */
import type { NoConverters, ValueOf } from "./converter.ts";

/** What the built-in converters give, but for `any`, which gives one of its items. */
interface ConvertedTypes {
  default: string;
  string: string;
  str: string;
  slug: string;
  int: number;
  float: number;
  path: string;
  uuid: string;
}

export type NoParams = Record<never, never>;

/**
 * `PathParams<"/users/<int:id>/<any(edit, show):page>">` is `{ id: number; page: "edit" | "show" }`.
 * `Own` are the converters that a router has beside the built-in ones. Of a pattern that is not known when the
 * program is compiled: values of unknown types.
 */
export type PathParams<Pattern extends string, Own = NoConverters> = string extends Pattern
  ? Readonly<Record<string, unknown>>
  : Flat<ParamsIn<Pattern, Own>>;

/** An intersection as the one object that it is. */
export type Flat<Params> = { [Key in keyof Params]: Params[Key] };

type ParamsIn<
  Pattern extends string,
  Own,
  Found = NoParams,
> = Pattern extends `${string}<${infer Param}>${infer Rest}`
  ? ParamsIn<Rest, Own, Found & ParamOf<Param, Own>>
  : Found;

type ParamOf<Param extends string, Own> = Param extends `${infer Name}(${infer Args}):${infer Key}`
  ? { [_ in Key]: Converted<Name, Args, Own> }
  : Param extends `${infer Name}:${infer Key}`
    ? { [_ in Key]: Converted<Name, "", Own> }
    : { [_ in Param]: Converted<"default", "", Own> };

type Converted<Name extends string, Args extends string, Own> = Name extends keyof Own
  ? ValueOf<Own[Name]>
  : Name extends "any"
    ? ItemsOf<Args>
    : Name extends keyof ConvertedTypes
      ? ConvertedTypes[Name]
      : never;

/** The items of `any(...)`: words, or texts in quotes, which alone may hold a comma. */
type ItemsOf<Args extends string> =
  TrimStart<Args> extends `"${infer Item}"${infer Rest}`
    ? Item | ItemsBehindComma<Rest>
    : TrimStart<Args> extends `'${infer Item}'${infer Rest}`
      ? Item | ItemsBehindComma<Rest>
      : Args extends `${infer Item},${infer Rest}`
        ? Trim<Item> | ItemsOf<Rest>
        : Exclude<Trim<Args>, "">;

type ItemsBehindComma<Rest extends string> = Rest extends `${string},${infer More}`
  ? ItemsOf<More>
  : never;

type Trim<Text extends string> = TrimEnd<TrimStart<Text>>;

type TrimStart<Text extends string> = Text extends ` ${infer Rest}` ? TrimStart<Rest> : Text;

type TrimEnd<Text extends string> = Text extends `${infer Rest} ` ? TrimEnd<Rest> : Text;
