/** What text for people is laid out on. */

export interface Page {
  /** In columns. */
  readonly width: number;
  readonly isColoured: boolean;
}

/** Of ECMA-48, "Select Graphic Rendition". */
export const BOLD = 1;
export const DIM = 2;
export const RED = 31;
export const GREEN = 32;
export const YELLOW = 33;

export function painted(text: string, colour: number, { isColoured }: Page): string {
  return isColoured ? `\x1b[${colour}m${text}\x1b[0m` : text;
}
