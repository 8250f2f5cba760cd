/** The words of a line as a POSIX shell and Python's `shlex.split` read them; nothing is expanded. */

/** Quotes that are opened and never closed, or a backslash at the end. */
export class ShellWordsError extends Error {
  override readonly name: string = "ShellWordsError";
}

// A quoted part, an escaped character, or a run of plain ones; behind an opening quote that is
// never closed, all that is left.
const PART = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)|(.)/gs;

/** @throws {ShellWordsError} */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [whole, single, double, escaped, plain, space] of line.matchAll(PART)) {
    const text =
      single ?? (double === undefined ? undefined : unescaped(double)) ?? escaped ?? plain;
    if (text !== undefined) {
      word = (word ?? "") + text;
    } else if (space === undefined) {
      throw new ShellWordsError(
        whole === "\\" ? "nothing is behind its \\" : `${whole} is not closed`,
      );
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** Between double quotes a backslash stands for itself, but before a quote and another one. */
function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, "$1");
}
