/** Why a Python worker takes no more requests though nobody in this process has told it to end. */
import type { Dismissal } from "../../processes/endings.ts";

/** A worker is replaced before its streams' numbers outgrow their 32 bits. */
export const LAST_STREAM_ID: number = 2 ** 31;

export const OUT_OF_STREAMS: Dismissal = {
  cause: "max-requests",
  why: "it has no stream numbers left",
};

export const TOLD_TO_END: Dismissal = { cause: "told", why: "it was told to end" };
