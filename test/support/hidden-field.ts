/** Reads what a browser sends back unseen: a form's hidden field. */

import type { Answer } from "./visitor.ts";

/** @throws if the page has no hidden field of that name. */
export function hiddenField(page: Answer, name: string): string {
  const value = new RegExp(`<input[^>]* name="${name}" value="([^"]*)"`).exec(page.text)?.[1];
  if (value === undefined) throw new Error(`${page.request} has no field ${name}: ${page.text}`);
  return value;
}
