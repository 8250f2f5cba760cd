/** What text for people is laid out on. */
import type { Page } from "../probe/probe-report-text.ts";

/** A line that is longer is hard to read, however wide the terminal. */
const MAX_WIDTH = 100;

/** Coloured on a terminal whose user has not said otherwise (https://no-color.org). */
export function pageOf(stream: NodeJS.WriteStream): Page {
  const { NO_COLOR, TERM } = process.env;
  return {
    width: Math.min(stream.columns ?? MAX_WIDTH, MAX_WIDTH),
    isColoured: stream.isTTY && !NO_COLOR && TERM !== "dumb",
  };
}
