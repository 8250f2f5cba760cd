/** An amount of memory as operators write it: bytes, with K, M or G, or a share of what there is. */
import { totalmem } from "node:os";
import { quoted } from "../log/escapes.ts";
import { MemoryCgroup } from "../processes/memory-cgroup.ts";
import { SettingError } from "./errors.ts";
import { lastOf, type SettingType } from "./setting-types.ts";

/** `text` is as it was written. */
export type MemorySize =
  | { readonly kind: "bytes"; readonly bytes: number; readonly text: string }
  | { readonly kind: "share"; readonly percent: number; readonly text: string };

export const NO_MEMORY_LIMIT: MemorySize = { kind: "bytes", bytes: 0, text: "0" };

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

export const memorySize: SettingType<MemorySize> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const [, number = "", unit = ""] = /^(\d+)(%|[KMG]?)(?:i?B)?$/i.exec(text) ?? [];
    const value = Number(number);
    if (number === "" || (unit === "%" && !(value >= 1 && value <= 100))) {
      const remedy = "write bytes, 512M or 2G, or a share of the memory there is such as 20%";
      throw new SettingError(origin, `${quoted(text)} is no amount of memory; ${remedy}`);
    }
    if (unit === "%") return { kind: "share", percent: value, text };
    return { kind: "bytes", bytes: value * (UNITS[unit.toUpperCase()] ?? 1), text };
  },
  show: ({ text }) => text,
};

/** A share is one of the container's limit, or of the machine's memory where there is none. */
export function bytesOf(size: MemorySize): number {
  if (size.kind === "bytes") return size.bytes;
  const limit = MemoryCgroup.find()?.limit ?? Number.POSITIVE_INFINITY;
  return Math.floor((Math.min(limit, totalmem()) * size.percent) / 100);
}
