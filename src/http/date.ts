/** Times as RFC 9110 §5.6.7 writes them. All are milliseconds since 1970. */

const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59Z");

/** `Sat, 21 Nov 2026 05:00:00 GMT`. */
export function imfFixdate(milliseconds: number): string {
  // ECMA-262 fixes this format, and it is IMF-fixdate to the letter.
  return new Date(nearestDatable(milliseconds)).toUTCString();
}

/** With four digits for the year; files have other times, too, on some file systems. */
export function nearestDatable(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, FIRST), LAST);
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** IMF-fixdate, and the two obsolete forms: those of RFC 850 and of C's asctime(). */
const FORMS = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-(?<month>\w{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** A date that was received, in any of the three forms; undefined where it is in none. */
export function httpDate(text: string, now: number): number | undefined {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const { day = "", month = "", year = "", time = "" } = parts;
    const at = MONTHS.indexOf(month);
    if (at % 3 !== 0) return undefined;
    const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
    if (Number(day) < 1 || Number(day) > 31 || hours > 23 || minutes > 59 || seconds > 60) {
      return undefined;
    }
    return Date.UTC(fullYear(year, now), at / 3, Number(day), hours, minutes, seconds);
  }
  return undefined;
}

/** RFC 9110 §5.6.7: of two digits, a year that is not more than 50 years ahead. */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
