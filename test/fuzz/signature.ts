/** What is new about an input: which ways through the reader it took, as far as its outcome tells. */
import { FieldRole } from "../../src/http/fields.ts";
import type { ReadRequest } from "../http/every-cut.ts";
import type { Observed } from "./observed.ts";

/** Roles that decide nothing about how a request is read. */
const IDLE_ROLES: ReadonlySet<FieldRole> = new Set([
  FieldRole.PLAIN,
  FieldRole.HIDDEN,
  FieldRole.HOP_BY_HOP,
  FieldRole.DATE,
  FieldRole.SERVER,
]);

/** Inputs with one signature are taken to have gone the same way. */
export function signatureOf({ outcome, end, message }: Observed): string {
  const last = outcome.requests.at(-1);
  const request = last === undefined ? "none" : signatureOfRequest(last);
  // A message may quote a field's name or a version; what is quoted is no new way.
  const reason = message.replace(/^\S+ (?=has |stands )|[0-9]+/, "");
  return [end, reason, Math.min(outcome.requests.length, 3), request].join("|");
}

function signatureOfRequest({ head, body, isComplete }: ReadRequest): string {
  const roles = new Set(
    head.names.map((name) => name.role).filter((role) => !IDLE_ROLES.has(role)),
  );
  const target = head.target.startsWith("/") ? "" : (head.target[0] ?? "").toLowerCase();
  return [
    target + (head.query === "" ? "" : "?"),
    head.version,
    head.framing.kind,
    sizeClass(body.length),
    ...[head.keepAlive, head.expectsContinue, isComplete].map(Number),
    [...roles].sort().join(","),
  ].join(" ");
}

function sizeClass(size: number): number {
  return size < 2 ? size : 2 + Math.floor(Math.log2(size) / 3);
}
