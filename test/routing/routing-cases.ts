/** All cases of routing. */
import { CONVERTER_CASES } from "./converters.cases.ts";
import { HOST_CASES } from "./hosts.cases.ts";
import { PRIORITY_CASES } from "./priority.cases.ts";
import type { RoutingCase } from "./routing-case.ts";
import { SLASH_CASES } from "./slashes.cases.ts";
import { URL_CASES } from "./urls.cases.ts";

export const ROUTING_CASES: readonly RoutingCase[] = [
  ...CONVERTER_CASES,
  ...PRIORITY_CASES,
  ...SLASH_CASES,
  ...HOST_CASES,
  ...URL_CASES,
];
