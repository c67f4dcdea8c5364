/** What the recorder wrote of the ride itself, beside our numbers. */
import type { Schemas } from "../api/client.ts";
import type { Format } from "../i18n/format.ts";

export type DeviceNumber =
  "distance" | "gain" | "loss" | "moving" | "average" | "total" | "maxSpeed";
export type Reason = Schemas["Reason"];
type Totals = Schemas["DeviceTotalsOut"];
type Key = Schemas["DeviceDifferenceOut"]["number"];

/** Under which name each is sent, and how it is told; in the order of our own numbers. */
const NUMBERS: readonly [DeviceNumber, Key, (format: Format, value: number | null) => string][] = [
  ["distance", "distance_km", (format, value) => format.distance(value)],
  ["gain", "elevation_gain", (format, value) => format.elevation(value)],
  ["moving", "moving_time_minutes", (format, value) => format.duration(value)],
  ["average", "avg_speed_kmh", (format, value) => format.speed(value)],
  ["loss", "elevation_loss", (format, value) => format.elevation(value)],
  ["total", "total_time_minutes", (format, value) => format.duration(value)],
  ["maxSpeed", "max_speed_kmh", (format, value) => format.speed(value)],
];

export interface DeviceRow {
  name: DeviceNumber;
  value: string;
  /** Why it differs from ours; null where it does not, or not by much. */
  reason: Reason | null;
}

/** The numbers that the device tells, in the order of ours. */
export function deviceRows(totals: Totals | null, format: Format): DeviceRow[] {
  if (!totals) return [];
  return NUMBERS.filter(([, key]) => totals[key] !== null).map(([name, key, tell]) => ({
    name,
    value: tell(format, totals[key]),
    reason: totals.differences.find(({ number }) => number === key)?.reason ?? null,
  }));
}
