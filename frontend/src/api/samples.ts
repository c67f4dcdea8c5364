/** A ride as columns of samples, and looking things up in them by distance or time. */
import type { Schemas } from "./client.ts";

export const SENSORS = ["heart_rate_bpm", "cadence_rpm", "power_w", "temperature_c"] as const;
export type Sensor = (typeof SENSORS)[number];
/** What is told of every place of a ride. */
export const BASIC_FIELDS = [
  "distance_km",
  "elevation",
  "gradient",
  "time",
  "segment",
  "speed_kmh",
];
export type Field = "elevation" | "gradient" | "time" | "speed_kmh" | Sensor;

/** A part of a ride, in kilometres from its start. */
export interface Range {
  fromKm: number;
  toKm: number;
}

type Column = readonly (number | null)[];

export interface Samples {
  length: number;
  range: Range;
  /** Never falls. */
  km: readonly number[];
  /** Seconds since the first known time. */
  seconds: Column;
  segment: Column;
  column: (field: Field) => Column | undefined;
  has: (field: Field) => boolean;
}

export function samplesOf({ columns, from_km, to_km, samples }: Schemas["SeriesOut"]): Samples {
  const km = (columns["distance_km"] ?? []).map((value) => value ?? 0);
  const time = columns["time"] ?? [];
  const start = time.find((value) => value !== null) ?? 0;
  const known = new Set(
    Object.keys(columns).filter((name) => columns[name]?.some((value) => value !== null)),
  );
  return {
    length: samples,
    range: { fromKm: from_km, toKm: to_km },
    km,
    seconds: time.map((value) => (value === null ? null : value - start)),
    segment: columns["segment"] ?? [],
    column: (field) => columns[field],
    has: (field) => known.has(field),
  };
}

/** The first of ascending values that is not below `wanted`; their number where none is. */
export function firstFrom(values: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sample nearest to a distance; of equally near ones the first; -1 where there is none. */
export function nearestTo(values: ArrayLike<number>, wanted: number): number {
  const next = firstFrom(values, wanted);
  if (next === 0) return values.length ? 0 : -1;
  const before = values[next - 1] ?? -Infinity;
  const after = values[next] ?? Infinity;
  return wanted - before <= after - wanted ? firstFrom(values, before) : next;
}

/** A column's value at a distance, between its neighbours; null where either is not known. */
export function valueAt(km: readonly number[], column: Column, wanted: number): number | null {
  const next = firstFrom(km, wanted);
  const after = column[Math.min(next, km.length - 1)] ?? null;
  const end = km[next];
  const start = km[next - 1];
  if (end === undefined || start === undefined || end === wanted) return after;
  const before = column[next - 1] ?? null;
  if (before === null || after === null) return before ?? after;
  return before + ((after - before) * (wanted - start)) / (end - start);
}
