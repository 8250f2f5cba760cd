/** Times in the logs' three spellings, in the time zone of the machine as gunicorn has them. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Writes a time given in milliseconds since 1970. */
export type TimeFormat = (milliseconds: number) => string;

/** A format for `[2026-11-21 03:58:09 +0000]`, the error log's time. */
export function errorLogTime(): TimeFormat {
  return oncePerSecond((date) => {
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `[${day} ${clock(date)} ${offset(date)}]`;
  });
}

/** A format for `[21/Nov/2026:03:58:09 +0000]`, the Common Log Format's time. */
export function accessLogTime(): TimeFormat {
  return oncePerSecond((date) => `[${day(date)}:${clock(date)} ${offset(date)}]`);
}

/** A format for `21/Nov/2026 03:58:09`, the time in the lines of Python's `http.server`. */
export function requestLineTime(): TimeFormat {
  return oncePerSecond((date) => `${day(date)} ${clock(date)}`);
}

/** Remembers the text of the last second asked for, since lines come many to a second. */
function oncePerSecond(format: (date: Date) => string): TimeFormat {
  let second = Number.NaN;
  let text = "";
  return (milliseconds) => {
    const wanted = Math.floor(milliseconds / 1000);
    if (wanted !== second) {
      second = wanted;
      text = format(new Date(wanted * 1000));
    }
    return text;
  };
}

function day(date: Date): string {
  return `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function offset(date: Date): string {
  const minutesEast = -date.getTimezoneOffset();
  const minutes = Math.abs(minutesEast);
  const sign = minutesEast < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
