/** What the recorder wrote of the ride itself, beside our numbers. */
import type { Format } from "../i18n/format.ts";

export type DeviceNumber =
  "distance" | "gain" | "loss" | "moving" | "average" | "total" | "maxSpeed";

/** Under which names it may stand, what it is worth in our units, and how it is told. */
const NUMBERS: readonly [
  DeviceNumber,
  readonly string[],
  (format: Format, value: number) => string,
][] = [
  ["distance", ["distance_km"], (format, value) => format.distance(value)],
  ["gain", ["elevation_gain_m", "elevation_gain"], (format, value) => format.elevation(value)],
  ["loss", ["elevation_loss_m", "elevation_loss"], (format, value) => format.elevation(value)],
  [
    "moving",
    ["timer_time_minutes", "moving_time_minutes"],
    (format, value) => format.duration(value),
  ],
  ["average", ["avg_speed_kmh"], (format, value) => format.speed(value)],
  [
    "total",
    ["elapsed_time_minutes", "total_time_minutes"],
    (format, value) => format.duration(value),
  ],
  ["maxSpeed", ["max_speed_kmh"], (format, value) => format.speed(value)],
];

export function deviceNumbers(
  totals: Record<string, unknown> | null,
  format: Format,
): Partial<Record<DeviceNumber, string>> {
  const told: Partial<Record<DeviceNumber, string>> = {};
  for (const [name, keys, tell] of NUMBERS) {
    const value = keys.map((key) => totals?.[key]).find((found) => typeof found === "number");
    if (typeof value === "number" && Number.isFinite(value)) told[name] = tell(format, value);
  }
  return told;
}
