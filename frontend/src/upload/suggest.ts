/** What a ride's form begins with, from the file alone and without a look at all of it. */

const MAX_TITLE_LENGTH = 200;
const HEAD_BYTES = 65_536;

// The service's own rule (services/tracks/suggestions.py), so that both suggest the same.
const TIME = String.raw`[T_ -]?[0-2]\d[-_:.]?[0-5]\d(?:[-_:.]?[0-5]\d)?Z?`;
const DATE = String.raw`(?:19|20)\d\d[-_. ]?[01]\d[-_. ]?[0-3]\d(?:${TIME})?`;
const DAY_FIRST = String.raw`[0-3]?\d[-_.][01]?\d[-_.](?:19|20)\d\d`;
const VERSION = String.raw`v\d+(?:\.\d+)*`;
const COPY = String.raw`\(\d+\)|copy|copia|final|definitivo|definitiva|nuevo|nueva|new`;
const NOISE = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:${DATE}|${DAY_FIRST}|${VERSION}|${COPY})(?![\p{L}\p{N}])`,
  "giu",
);

/** A title from a file's name: no extension, dates, versions or words for copies. */
export function titleOf(fileName: string): string {
  const stem = fileName.replace(/(?<=.)\.[^.]+$/u, "");
  const words = stem
    .replace(NOISE, " ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const title = words.map(([first = "", ...rest]) => first.toUpperCase() + rest.join("")).join(" ");
  return Array.from(title || stem)
    .slice(0, MAX_TITLE_LENGTH)
    .join("")
    .trimEnd();
}

/**
 * The day, as YYYY-MM-DD, of the first point with a time, or of the first time there is; by the
 * clock of this device where the file says UTC. Null where there is none that can be one.
 */
export function dayIn(head: string, today = dayOf(new Date())): string | null {
  const points = head.slice(Math.max(head.search(/<(?:\w+:)?(?:trkpt|rtept)\b/), 0));
  const time = /<(?:\w+:)?time>\s*(\d{4}-\d\d-\d\d)([^<]*)</;
  const [, date, rest = ""] = time.exec(points) ?? time.exec(head) ?? [];
  if (date === undefined) return null;
  const isUtc = /Z\s*$/.test(rest);
  const moment = new Date(`${date}${rest.trim()}`);
  const day = isUtc && !Number.isNaN(moment.getTime()) ? dayOf(moment) : date;
  // Clocks that were never set say 1970 or 1980, or a day that has not come.
  return day >= "1990-01-01" && day <= today ? day : null;
}

export async function dayOfFile(file: Blob): Promise<string> {
  const today = dayOf(new Date());
  const head = await file
    .slice(0, HEAD_BYTES)
    .text()
    .catch(() => "");
  return dayIn(head, today) ?? today;
}

/** YYYY-MM-DD by the clock of this device. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
