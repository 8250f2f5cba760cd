/** Cases of routing as data: rules, what is asked, and what must come of it, here and in Werkzeug. */

export interface RoutingCase {
  /** What it shows. */
  readonly name: string;
  /** Where it is stated. */
  readonly source: string;
  readonly options?: { readonly strictSlashes?: boolean; readonly mergeSlashes?: boolean };
  readonly rules: readonly Rule[];
  readonly asks?: readonly Ask[];
  readonly builds?: readonly Build[];
}

export interface Rule {
  readonly name: string;
  readonly pattern: string;
  /** If not given: all. */
  readonly methods?: readonly string[];
  readonly host?: string;
  readonly defaults?: Values;
  readonly strictSlashes?: boolean;
  readonly mergeSlashes?: boolean;
}

export type Values = Readonly<Record<string, unknown>>;

export interface Ask {
  /** Percent-decoded. */
  readonly path: string;
  /** If not given: GET. */
  readonly method?: string;
  /** If not given: example.com. */
  readonly host?: string;
  /** SCRIPT_NAME. */
  readonly script?: string;
  readonly query?: string;
  readonly gives: Outcome;
  readonly werkzeug?: Difference<Outcome>;
}

export type Outcome =
  | { readonly route: string; readonly values: Values }
  /** Path and query, percent-encoded. */
  | { readonly redirect: string }
  /** Without the OPTIONS that a router answers by itself. */
  | { readonly allowed: readonly string[] }
  | "nothing";

export interface Build {
  readonly route: string;
  readonly values: Values;
  readonly script?: string;
  /** The host that is asked; if not given: example.com. */
  readonly host?: string;
  /** Undefined: there is no such URL. */
  readonly gives: string | undefined;
  readonly werkzeug?: Difference<string | undefined>;
}

/** Werkzeug gives something else. */
export interface Difference<Given> {
  readonly gives: Given;
  readonly because: string;
}

export function rule(
  name: string,
  pattern: string,
  more: Omit<Rule, "name" | "pattern"> = {},
): Rule {
  return { name, pattern, ...more };
}

export function get(path: string, gives: Outcome, more: Partial<Ask> = {}): Ask {
  return { path, gives, ...more };
}

export function to(route: string, values: Values = {}): Outcome {
  return { route, values };
}

/** How Werkzeug differs. */
export function differing<Given>(
  gives: Given,
  because: string,
): { readonly werkzeug: Difference<Given> } {
  return { werkzeug: { gives, because } };
}
