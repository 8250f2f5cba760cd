/** All micro-benchmarks of this process, in the order in which a request meets the parts. */
import { BRIDGE_PARTS } from "./bridge-parts.ts";
import { GATEWAY_PARTS } from "./gateway-parts.ts";
import { HTTP_PARTS } from "./http-parts.ts";
import type { Benchmark } from "./kit.ts";
import { MESSAGES_PARTS } from "./messages-parts.ts";
import { ROUTING_PARTS } from "./routing-parts.ts";

export const PARTS: readonly Benchmark[] = [
  ...HTTP_PARTS,
  ...GATEWAY_PARTS,
  ...MESSAGES_PARTS,
  ...ROUTING_PARTS,
  ...BRIDGE_PARTS,
];
