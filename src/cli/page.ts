/** Where reports for people are printed. */
import type { Page } from "../log/page.ts";

/** A line that is longer is hard to read, however wide the terminal. */
const MAX_WIDTH = 100;

/** Coloured on a terminal whose user has not said otherwise (https://no-color.org). */
export function pageOf(stream: Pick<NodeJS.WriteStream, "columns" | "isTTY">): Page {
  const { NO_COLOR, TERM } = process.env;
  return {
    // A terminal that nobody has told its size, as in `docker exec -t`, has 0 columns.
    width: Math.min(stream.columns || MAX_WIDTH, MAX_WIDTH),
    isColoured: stream.isTTY && !NO_COLOR && TERM !== "dumb",
  };
}

/** Resolves when standard output has the text; this process ends if nobody reads on, as `head`. */
export function print(text: string): Promise<void> {
  const { stdout } = process;
  const leave = (): void => process.exit();
  stdout.once("error", leave);
  return new Promise((resolve) =>
    stdout.write(text, (error) => {
      // Where that failed, the error is still to come.
      if (!error) stdout.off("error", leave);
      resolve();
    }),
  );
}
