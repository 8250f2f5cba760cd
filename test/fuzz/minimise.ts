/** Makes a failing text shorter as long as it still fails: delta debugging, by removal alone. */

/** Each try is a judgement; what is not minimal after so many is short enough to be read. */
const MAX_TRIES = 5000;
/** A whole request seldom begins where a part of just this size does. */
const OVERLAP = 4;

/** The shortest text that was found of which `stillFails` holds, as it does of `text`. */
export function minimise(text: string, stillFails: (shorter: string) => boolean): string {
  const fails = (parts: readonly string[]) => stillFails(parts.join(""));
  const lines = withoutNeedless(text.split(/(?<=\n)/), fails);
  return withoutNeedless([...lines.join("")], fails).join("");
}

function withoutNeedless(
  parts: readonly string[],
  stillFail: (fewer: readonly string[]) => boolean,
): readonly string[] {
  let fewest = parts;
  let tries = 0;
  for (let size = Math.ceil(parts.length / 2); size >= 1 && tries < MAX_TRIES; ) {
    const before = fewest.length;
    for (let at = 0; at < fewest.length && tries < MAX_TRIES; ) {
      const fewer = [...fewest.slice(0, at), ...fewest.slice(at + size)];
      tries += 1;
      if (stillFail(fewer)) fewest = fewer;
      else at += Math.ceil(size / OVERLAP);
    }
    // What could not go before may go once its neighbours are gone.
    if (size > 1 || fewest.length === before) size = Math.floor(size / 2);
  }
  return fewest;
}
