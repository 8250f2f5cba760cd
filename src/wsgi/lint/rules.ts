/** All rules that lint judges, by name. */
import { BYTES_RULES, END_RULES, ITEM_RULES, LENGTH_RULES, USE_RULES } from "./body-rules.ts";
import { CALL_RULES, KEPT_RULES, RETURN_RULES, STRETCH_RULES, THROWN_RULES } from "./call-rules.ts";
import { ENVIRON_RULES } from "./environ-rules.ts";
import { HEADER_RULES } from "./header-rules.ts";
import { ERRORS_RULES, READ_RESULT_RULES, READ_RULES, WRITE_RULES } from "./input-rules.ts";
import { MIDDLEWARE_RULES } from "./middleware-rules.ts";
import type { Rule } from "./rule.ts";
import { START_RESPONSE_RULES, STARTED_RULES, TRAPPED_RULES } from "./start-response-rules.ts";

/** What is said of a rule, whatever facts it is judged by. */
export type AnyRule = Rule<never>;

const ALL: Readonly<Record<string, AnyRule>> = {
  ...CALL_RULES,
  ...ENVIRON_RULES,
  ...START_RESPONSE_RULES,
  ...HEADER_RULES,
  ...STARTED_RULES,
  ...TRAPPED_RULES,
  ...RETURN_RULES,
  ...ITEM_RULES,
  ...BYTES_RULES,
  ...LENGTH_RULES,
  ...END_RULES,
  ...USE_RULES,
  ...READ_RULES,
  ...READ_RESULT_RULES,
  ...ERRORS_RULES,
  ...WRITE_RULES,
  ...THROWN_RULES,
  ...KEPT_RULES,
  ...STRETCH_RULES,
  ...MIDDLEWARE_RULES,
};

/** In the order in which a request meets them. */
export const RULES: ReadonlyMap<string, AnyRule> = new Map(Object.entries(ALL));
