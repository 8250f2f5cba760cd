/** Makes a failing text shorter as long as it still fails: delta debugging, by removal alone. */

/** Each try is a judgement; what is not minimal after so many is short enough to be read. */
const MAX_TRIES = 5000;
/** A whole line or request seldom begins where a part of just this size does. */
const OVERLAP = 4;

/** The shortest text that was found of which `stillFails` holds, as it does of `text`. */
export function minimise(text: string, stillFails: (shorter: string) => boolean): string {
  let shortest = text;
  let tries = 0;
  for (let size = Math.ceil(text.length / 2); size >= 1 && tries < MAX_TRIES; ) {
    const before = shortest.length;
    for (let at = 0; at < shortest.length && tries < MAX_TRIES; ) {
      const shorter = shortest.slice(0, at) + shortest.slice(at + size);
      tries += 1;
      if (stillFails(shorter)) shortest = shorter;
      else at += Math.ceil(size / OVERLAP);
    }
    // What could not go before may go once its neighbours are gone.
    if (size > 1 || shortest.length === before) size = Math.floor(size / 2);
  }
  return shortest;
}
