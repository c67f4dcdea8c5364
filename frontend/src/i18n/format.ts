/** Numbers, dates and units as a rider reads them. */
import { useMemo } from "react";
import { type Preferences, usePreferences } from "./preferences.ts";

const KM_PER_MILE = 1.609344;
const M_PER_FOOT = 0.3048;
/** What stands where nothing is known. */
export const UNKNOWN = "–";

export type Format = ReturnType<typeof formatOf>;
type Known = number | null | undefined;

export function useFormat(): Format {
  const preferences = usePreferences();
  return useMemo(() => formatOf(preferences), [preferences]);
}

/** Each takes what the service tells: kilometres, metres, minutes, km/h, percent, ISO 8601. */
export function formatOf({ language, units }: Pick<Preferences, "language" | "units">) {
  const isMetric = units === "km";
  const perUnit = isMetric ? 1 : KM_PER_MILE;
  const number = (value: number, decimals = 0) =>
    new Intl.NumberFormat(language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: "min2",
    }).format(value === 0 ? 0 : value);
  const measure = (value: Known, decimals: number, unit: string, factor = 1) =>
    value === null || value === undefined || !Number.isFinite(value)
      ? UNKNOWN
      : `${number(value * factor, decimals)}\u00a0${unit}`;
  const date = (options: Intl.DateTimeFormatOptions) => (iso: string | null | undefined) =>
    iso ? new Intl.DateTimeFormat(language, options).format(wallClock(iso)) : UNKNOWN;
  return {
    language,
    units,
    /** Kilometres in the unit of distance that was chosen, and back. */
    distanceUnit: isMetric ? "km" : "mi",
    elevationUnit: isMetric ? "m" : "ft",
    speedUnit: isMetric ? "km/h" : "mph",
    kmPerUnit: perUnit,
    elevationPerM: isMetric ? 1 : 1 / M_PER_FOOT,
    number,
    distance: (km: Known, decimals = 1) =>
      measure(km, decimals, isMetric ? "km" : "mi", 1 / perUnit),
    elevation: (m: Known) => measure(m, 0, isMetric ? "m" : "ft", isMetric ? 1 : 1 / M_PER_FOOT),
    speed: (kmh: Known) => measure(kmh, 1, isMetric ? "km/h" : "mph", 1 / perUnit),
    gradient: (percent: Known, decimals = 1) => measure(percent, decimals, "%"),
    heartRate: (bpm: Known) => measure(bpm, 0, language === "es" ? "ppm" : "bpm"),
    cadence: (rpm: Known) => measure(rpm, 0, "rpm"),
    power: (w: Known) => measure(w, 0, "W"),
    temperature: (c: Known) =>
      isMetric ? measure(c, 0, "°C") : measure(typeof c === "number" ? c * 1.8 + 32 : c, 0, "°F"),
    bytes: (count: number) =>
      count < 1e6
        ? `${number(Math.max(count / 1e3, 0.1), count < 1e4 ? 1 : 0)}\u00a0kB`
        : `${number(count / 1e6, 1)}\u00a0MB`,
    duration: (minutes: Known) => duration(minutes),
    percent: (share: number) =>
      new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share),
    date: date({ day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
    shortDate: date({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }),
    dateTime: date({
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
      hour: "numeric",
      minute: "2-digit",
      timeZone: "UTC",
    }),
  };
}

/** "3 h 07 min", or "42 min"; what is shorter than a minute in seconds. */
function duration(minutes: Known): string {
  if (minutes === null || minutes === undefined || !Number.isFinite(minutes)) return UNKNOWN;
  if (minutes < 1) return `${Math.round(minutes * 60)}\u00a0s`;
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  if (hours === 0) return `${whole}\u00a0min`;
  return `${hours}\u00a0h ${String(whole % 60).padStart(2, "0")}\u00a0min`;
}

/** The clock on the wall where it was: what stands before the offset, taken for UTC. */
function wallClock(iso: string): Date {
  return new Date(iso.length > 10 ? `${iso.slice(0, 19)}Z` : `${iso}T00:00:00Z`);
}
