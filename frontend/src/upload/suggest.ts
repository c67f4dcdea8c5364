/** What a ride's form begins with, from the file alone and without a look at all of it. */
import { fitStart, isFit } from "./fit-day.ts";
import { headOf } from "./head.ts";

const MAX_TITLE_LENGTH = 200;

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

// What programs call a ride that nobody has named.
const OF_ANY_RIDE = new Set([
  ...["active log", "activity", "bike ride", "biking", "cycling", "log", "new track", "ride"],
  ...["route", "track", "track log", "tracklog", "unnamed", "untitled"],
  ...["actividad", "ciclismo", "ruta", "sin nombre", "sin título", "gpx"],
]);
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The name that stands in a GPX file, or else `titleOf` the file's own. */
export function suggestedTitle(head: string, fileName: string): string {
  const name = nameIn(head);
  const words = name
    .replace(NOISE, " ")
    .replace(/[^\p{L}]+/gu, " ")
    .toLowerCase()
    .trim();
  if (!words || OF_ANY_RIDE.has(words)) return titleOf(fileName);
  return Array.from(name).slice(0, MAX_TITLE_LENGTH).join("").trimEnd();
}

/** The name of the first track, or else of the file; empty where there is none. */
function nameIn(head: string): string {
  const [before = "", track = ""] = head.split(/<(?:\w+:)?trk\b/, 2);
  const own = track.split(/<(?:\w+:)?(?:trkseg|extensions)\b/, 1)[0] ?? "";
  const [ofFile = ""] = before.split(/<(?:\w+:)?(?:wpt|rte)\b/, 1);
  return textOf(own) || textOf(ofFile);
}

function textOf(xml: string): string {
  const [, text = ""] = /<(?:\w+:)?name>([^]*?)<\/(?:\w+:)?name>/.exec(xml) ?? [];
  return text
    .replace(/<!\[CDATA\[([^]*?)\]\]>/g, "$1")
    .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, entity: string) => {
      if (entity) return ENTITIES[entity] ?? whole;
      const code = hex ? parseInt(hex as string, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "";
    })
    .replace(/\s+/g, " ")
    .trim();
}

/** A title from a file's name: no extension, dates, versions or words for copies. */
export function titleOf(fileName: string): string {
  const stem = fileName.replace(/(?<=.)(?:\.(?:gpx|tcx|fit|csv))?\.[^.]+$/iu, "");
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
  const points = head.slice(Math.max(head.search(/<(?:\w+:)?(?:trkpt|rtept|Trackpoint)\b/), 0));
  const time = /<(?:\w+:)?[tT]ime>\s*(\d{4}-\d\d-\d\d)([^<]*)</;
  const inTable = /^[^<]*?(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)([T ][^,;"\s]*)?/;
  const [, date, rest = ""] = time.exec(points) ?? time.exec(head) ?? inTable.exec(head) ?? [];
  if (date === undefined) return null;
  const isUtc = /Z\s*$/.test(rest);
  const moment = new Date(`${date}${rest.trim()}`);
  return possible(isUtc && !Number.isNaN(moment.getTime()) ? dayOf(moment) : date, today);
}

/** Clocks that were never set say 1970 or 1980, or a day that has not come. */
function possible(day: string, today: string): string | null {
  return day >= "1990-01-01" && day <= today ? day : null;
}

export interface Suggestion {
  title: string;
  /** YYYY-MM-DD; today where the file does not say. */
  day: string;
}

export async function suggestionFor(file: File): Promise<Suggestion> {
  const today = dayOf(new Date());
  const head = await headOf(file);
  if (isFit(head)) {
    const start = fitStart(head);
    return { title: titleOf(file.name), day: (start && possible(dayOf(start), today)) ?? today };
  }
  const text = new TextDecoder().decode(head);
  return { title: suggestedTitle(text, file.name), day: dayIn(text, today) ?? today };
}

/** YYYY-MM-DD by the clock of this device. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
